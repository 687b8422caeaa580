package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// pageSize is how many ideas a list shows at a time.
const pageSize = 10

// inList stands in the value of the buttons of a list that lies in a form.
const inList = "list"

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
			meant := meantWord("/idea list", closest(word, slices.Values(append(stageNames(), listWords...))))
			return Reply{}, &pipeline.Problem{
				Code: "list-word-unknown",
				What: fmt.Sprintf("I don't know how to list “%s”.", pipeline.Cut(pipeline.CleanLine(word), 40)),
				Next: meant + fmt.Sprintf("Stages are %s; the other words are mine, orphans and withdrawn.", strings.Join(stageNames(), ", ")),
			}
		}
	}
	if err := checkList(value); err != nil {
		return Reply{}, err
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

// checkList refuses a list that is not kept: ideas without an outcome are listed
// for a whole team, because it is the team that has to say what they are for.
func checkList(value params) error {
	if value.Get("orphans") == "" || value.Get("stage") == "" && value.Get("mine") == "" && value.Get("withdrawn") == "" {
		return nil
	}
	return &pipeline.Problem{
		Code: "orphans-whole-team",
		What: "Ideas without an outcome are listed for the whole team, so orphans goes with no other word.",
		Next: "Type /idea list orphans, or leave that word out.",
	}
}

func stageNames() []string {
	var names []string
	for _, stage := range pipeline.Stages() {
		names = append(names, string(stage))
	}
	return names
}

// wantPage: the team that a button names, or that of the channel.
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
	case p.Get("in") == inGate, req.Channel == "" && req.Form == nil:
		return Reply{Open: listForm(post, req.Channel)}, nil
	case req.Form != nil: // another page, or back from the details
		return Reply{Update: listForm(post, req.Channel)}, nil
	case req.Message != nil && req.Message.Private:
		return Reply{Replace: post}, nil
	}
	return Reply{Tell: post}, nil
}

// listForm shows a list where there is no channel to show it in.
func listForm(post *Post, channel string) *slack.ModalViewRequest {
	return form("idea.list", "Ideas", "", metadata{Channel: channel}, post.Blocks...)
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
	if err := checkList(value); err != nil {
		return nil, err
	}
	page, err := app.Store.Page(ctx, list, value.page(), pageSize)
	if err != nil {
		return nil, err
	}
	title := listTitle(list, req.Loaded.Team)
	value = value.list()
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
	row := newParams()
	if req.Form != nil || req.Channel == "" { // it lies in a form, to which the details lead back
		row = params{maps.Clone(value.Values)}.set("in", inList).set("page", strconv.Itoa(page.Number))
	}
	blocks := []slack.Block{header(title)}
	order := "newest first"
	for i, idea := range page.Ideas {
		if !isOrdered(list) {
			blocks = append(blocks, ownRow(idea, hidden, row))
			continue
		}
		place := (page.Number-1)*pageSize + i + 1
		blocks = append(blocks, orderedRow(idea, place, page.Total, row, app.may(req)(pipeline.OrderBacklog))...)
		order = "in their order"
	}
	count := counted(page.Total, "idea", "ideas")
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, %s", page.Number, page.Of, count, order))))
	if page.Of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionPage, page.Number, page.Of, value)...))
	}
	return &Post{Text: fallback(title) + Mrkdwn(fmt.Sprintf(": %s, page %d of %d", count, page.Number, page.Of)), Blocks: blocks}, nil
}

// list keeps of a button's value what names a list and its page.
func (p params) list() params {
	kept := newParams()
	for _, name := range []string{"team", "stage", "mine", "orphans", "withdrawn", "parked", "by", "reason", "page"} {
		kept.set(name, p.Get(name))
	}
	return kept
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
	switch list.Stage {
	case "":
		words = append(words, "ideas")
	case pipeline.Backlog:
		words = append(words, "ideas in the Product Backlog")
	default:
		words = append(words, string(list.Stage), "ideas")
	}
	if list.Team != "" && team != nil {
		words = append(words, "of", team.Name)
	}
	if list.Orphans {
		words = append(words, "without an outcome")
	}
	return capital(strings.Join(words, " "))
}

// ownRow is one idea of the person's own; of a team that is hidden at the
// moment only the key is told. row is what its button carries beside the key.
func ownRow(idea pipeline.Idea, hidden map[pipeline.TeamKey]bool, row params) slack.Block {
	if hidden[idea.Key.Team] {
		return note(Mrkdwn(idea.Key.String()) + " belongs to a channel in which you have not used alignbot within the last hour. Use it there to see it here.")
	}
	return ideaRow(idea, row)
}

// ideaRow is one idea in a list, with since when it is what it is.
func ideaRow(idea pipeline.Idea, row params) *slack.SectionBlock {
	key, since := idea.Key.String(), idea.Staged
	if !idea.Withdrawn.IsZero() {
		since = idea.Withdrawn
	}
	words := key + "  " + idea.Title + "\n" + stateOf(idea) + " · since " + pipeline.ShowDate(since)
	if idea.Parking != nil && idea.Withdrawn.IsZero() {
		words = key + "  " + idea.Title + "\n" + parkedStanding(idea)
	}
	open := button(actionShow, "Details", "of "+key, params{maps.Clone(row.Values)}.set("idea", key))
	return slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(open))
}

// find gives the words behind the command, and the ideas that have them, with the
// teams that the person may see, to which they belong.
func (app *App) find(ctx context.Context, req *Request, command string, limit int) (words string, found []pipeline.Idea, teams []pipeline.Team, err error) {
	words = pipeline.CleanLine(typed(req.Words))
	if !pipeline.HasVisible(words) {
		return "", nil, nil, wordsMissing(app.command(command))
	}
	if teams, err = visibleTeams(ctx, app, req, pipeline.ReadTeam); err != nil {
		return "", nil, nil, err
	}
	found, err = app.Store.Find(ctx, words, keysOf(teams), limit)
	return words, found, teams, err
}

// findIdeas answers /idea find.
func findIdeas(ctx context.Context, app *App, req *Request) (Reply, error) {
	words, found, teams, err := app.find(ctx, req, "/idea find", pageSize)
	if err != nil {
		return Reply{}, err
	}
	parkedFirst(found)
	post := foundPost(words, "idea", app.offered(ctx, req, teams, found), "Fewer or other words may help. Withdrawn ideas are not searched.")
	title := newParams("title", pipeline.Cut(words, pipeline.TitleLimit))
	if req.Loaded.Team != nil {
		title.set("team", string(req.Loaded.Team.Key))
	}
	post.Blocks = append(post.Blocks, buttons(button(actionNew, "It is new: capture it", "", title)))
	return Reply{Tell: post}, nil
}

// parkedLast is 1 for what is parked and 0 for all else.
func parkedLast(idea pipeline.Idea) int {
	if idea.Stage == pipeline.Parked {
		return 1
	}
	return 0
}
