package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// pageSize is how many ideas a list shows at a time.
const pageSize = 10

// listWords that are no stage.
var listWords = []string{"mine", "orphans", "withdrawn"}

func isListWord(word string) bool {
	return slices.Contains(listWords, word) || slices.Contains(pipeline.Stages(), pipeline.Stage(word))
}

// fitsList: words a list can be made of, or one word that was meant to be.
func fitsList(rest string) bool {
	words := strings.Fields(strings.ToLower(rest))
	return len(words) == 1 || !slices.ContainsFunc(words, func(word string) bool { return !isListWord(word) })
}

// listIdeas answers /idea list with its first page.
func listIdeas(ctx context.Context, app *App, req *Request) (Reply, error) {
	value := newParams()
	for _, word := range strings.Fields(strings.ToLower(typed(req.Words))) {
		switch {
		case slices.Contains(listWords, word):
			value.set(word, "1")
		case isListWord(word):
			value.set("stage", word)
		default:
			return Reply{}, &pipeline.Problem{
				Code: "list-word-unknown",
				What: fmt.Sprintf("I don't know how to list “%s”.", pipeline.Cut(pipeline.CleanLine(word), 40)),
				Next: fmt.Sprintf("Stages are %s; the other words are mine, orphans and withdrawn.", stageNames()),
			}
		}
	}
	if req.Loaded.Team == nil && value.Get("mine") == "" {
		return chooseTeam(ctx, app, req, actionPage, value)
	}
	if req.Loaded.Team != nil {
		value.set("team", string(req.Loaded.Team.Key))
	}
	post, err := listPage(ctx, app, req, value)
	return Reply{Tell: post}, err
}

func stageNames() string {
	var names []string
	for _, stage := range pipeline.Stages() {
		names = append(names, string(stage))
	}
	return strings.Join(names, ", ")
}

func wantPage(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	team, err := p.team()
	return storage.Want{Channel: req.Channel, Team: team}, err
}

// turnPage shows another page in the place of the one before.
func turnPage(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if p.Get("team") != "" && req.Loaded.Team == nil {
		return Reply{}, stale
	}
	post, err := listPage(ctx, app, req, p)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case req.Form != nil: // the list lies in a form that Home opened
		return Reply{Update: listForm(post)}, nil
	case req.Channel == "":
		return Reply{Open: listForm(post)}, nil
	case req.Message != nil && req.Message.Private:
		return Reply{Replace: post}, nil
	}
	return Reply{Tell: post}, nil
}

// listForm shows a list where there is no channel to show it in.
func listForm(post *Post) *slack.ModalViewRequest {
	return form("idea.list", "Ideas", "", metadata{}, post.Blocks...)
}

// listPage draws the page that the value names: team, stage, mine, orphans,
// withdrawn, page.
func listPage(ctx context.Context, app *App, req *Request, value params) (*Post, error) {
	list := storage.List{Stage: pipeline.Stage(value.Get("stage")), Orphans: value.Get("orphans") != "", Withdrawn: value.Get("withdrawn") != ""}
	if list.Stage != "" && !slices.Contains(pipeline.Stages(), list.Stage) {
		return nil, stale
	}
	if value.Get("team") != "" {
		list.Team = req.Loaded.Team.Key
	}
	if value.Get("mine") != "" {
		list.Author = req.Person.ID
	}
	if list.Team == "" && list.Author == "" {
		return nil, stale
	}
	page, err := app.Store.Page(ctx, list, value.page(), pageSize)
	if err != nil {
		return nil, err
	}
	title := listTitle(list, req.Loaded.Team)
	if page.Total == 0 {
		words := Mrkdwn("None at the moment.")
		if list.Stage == "" && !list.Withdrawn {
			words = Mrkdwn("No ideas here yet. Type `" + app.command("/idea") + "` to capture one.")
		}
		return &Post{Text: fallback(title) + ": no ideas", Blocks: []slack.Block{header(title), say(words)}}, nil
	}
	var hidden map[pipeline.TeamKey]bool
	if list.Team == "" {
		if _, hidden, err = app.ownTeams(ctx, req); err != nil {
			return nil, err
		}
	}
	blocks := []slack.Block{header(title)}
	for _, idea := range page.Ideas {
		blocks = append(blocks, ownRow(idea, hidden))
	}
	count := fmt.Sprintf("%d ideas", page.Total)
	if page.Total == 1 {
		count = "1 idea"
	}
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, newest first", page.Number, page.Of, count))))
	if page.Of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionPage, page.Number, page.Of, value)...))
	}
	return &Post{Text: fallback(title) + Mrkdwn(fmt.Sprintf(": %s, page %d of %d", count, page.Number, page.Of)), Blocks: blocks}, nil
}

// pageButtons lead to the pages beside this one. Both are always there, so that
// a second click in the same place goes on in the same direction; at an end it
// stays where it is.
func pageButtons(action string, number, of int, value params) []slack.BlockElement {
	value.Values.Set("page", strconv.Itoa(max(1, number-1)))
	previous := button(action+":previous", "Previous", "page", value)
	value.Values.Set("page", strconv.Itoa(min(of, number+1)))
	return []slack.BlockElement{previous, button(action+":next", "Next", "page", value)}
}

func listTitle(list storage.List, team *pipeline.Team) string {
	var words []string
	if list.Author != "" {
		words = append(words, "My")
	}
	if list.Withdrawn {
		words = append(words, "withdrawn")
	}
	if list.Stage != "" {
		words = append(words, string(list.Stage))
	}
	words = append(words, "ideas")
	if list.Team != "" && team != nil {
		words = append(words, "of", team.Name)
	}
	if list.Orphans {
		words = append(words, "without an outcome")
	}
	title := strings.Join(words, " ")
	return strings.ToUpper(title[:1]) + title[1:]
}

// ownRow is one idea of the person's own; of a team that is hidden at the
// moment only the key is told.
func ownRow(idea pipeline.Idea, hidden map[pipeline.TeamKey]bool) slack.Block {
	if hidden[idea.Key.Team] {
		return note(Mrkdwn(idea.Key.String()) + " belongs to a channel in which you have not used alignbot within the last hour. Use it there to see it here.")
	}
	return ideaRow(idea)
}

// ideaRow is one idea in a list.
func ideaRow(idea pipeline.Idea) *slack.SectionBlock {
	key := idea.Key.String()
	state := string(idea.Stage)
	if !idea.Withdrawn.IsZero() {
		state = "withdrawn"
	}
	words := key + "  " + idea.Title + "\n" + state + " · since " + idea.Created.Format("2 Jan 2006")
	open := button(actionShow, "Details", "of "+key, newParams("idea", key))
	return slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(open))
}

// findIdeas answers /idea find.
func findIdeas(ctx context.Context, app *App, req *Request) (Reply, error) {
	words := pipeline.CleanLine(typed(req.Words))
	if !pipeline.HasVisible(words) {
		return Reply{}, &pipeline.Problem{
			Code: "words-missing",
			What: "Which words should I look for?",
			Next: fmt.Sprintf("Type them behind the command, like “%s invoices pdf”.", app.command("/idea find")),
		}
	}
	teams, err := visibleTeams(ctx, app, req, pipeline.ReadTeam)
	if err != nil {
		return Reply{}, err
	}
	var keys []pipeline.TeamKey
	for _, team := range teams {
		keys = append(keys, team.Key)
	}
	found, err := app.Store.Find(ctx, words, keys, pageSize)
	if err != nil {
		return Reply{}, err
	}
	shown := pipeline.Cut(words, 60)
	if len(found) == 0 {
		return Reply{Tell: &Post{
			Text: "Nothing found for " + fallback(shown),
			Blocks: []slack.Block{
				rich(line(text("Nothing found for "), bold(shown))),
				note("Fewer or other words may help. Withdrawn ideas are not searched."),
			},
		}}, nil
	}
	blocks := []slack.Block{rich(line(text("Best matches for "), bold(shown)))}
	for _, idea := range found {
		blocks = append(blocks, ideaRow(idea))
	}
	return Reply{Tell: &Post{Text: Mrkdwn(fmt.Sprintf("%d ideas found for ", len(found))) + fallback(shown), Blocks: blocks}}, nil
}
