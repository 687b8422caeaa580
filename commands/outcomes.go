package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// listOutcomes answers /outcome with the first page of the team's outcomes.
func listOutcomes(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionOutcomes, newParams())
	}
	post, err := app.outcomesPage(ctx, req, newParams())
	return Reply{Tell: post}, err
}

// turnOutcomes shows another page in the place of the one before, or those that
// are closed.
func turnOutcomes(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	post, err := app.outcomesPage(ctx, req, p)
	if err != nil {
		return Reply{}, err
	}
	view := form("outcome.list", "Outcomes", "", metadata{Channel: req.Channel}, post.Blocks...)
	switch {
	case req.Form != nil:
		return Reply{Update: view}, nil
	case req.Channel == "":
		return Reply{Open: view}, nil
	case req.Message != nil && req.Message.Private:
		return Reply{Replace: post}, nil
	}
	return Reply{Tell: post}, nil
}

// outcomesPage draws the page that the value names: page, closed.
func (app *App) outcomesPage(ctx context.Context, req *Request, value params) (*Post, error) {
	facts, err := app.Store.Tree(ctx, req.Loaded.Team.Key)
	if err != nil {
		return nil, err
	}
	l := outcomesList{
		team: *req.Loaded.Team, rows: outline(facts, req), closed: value.Get("closed") != "", page: value.page(),
		may: app.may(req), command: app.command("/outcome add"), inForm: req.Form != nil || req.Channel == "",
	}
	return l.post(), nil
}

// outcomeRow is an outcome in a list.
type outcomeRow struct {
	pipeline.Branch
	under pipeline.NodeKey // zero where it hangs under none
	owner string
}

// outline lists a team's outcomes: each right above those that hang under it.
func outline(facts pipeline.TreeFacts, req *Request) []outcomeRow {
	owners := map[pipeline.NodeKey]string{}
	for _, o := range facts.Nodes.Outcomes {
		owners[o.Key] = o.Owner
	}
	var rows []outcomeRow
	var walk func(branches []pipeline.Branch, under pipeline.NodeKey)
	walk = func(branches []pipeline.Branch, under pipeline.NodeKey) {
		for _, b := range branches {
			rows = append(rows, outcomeRow{b, under, owners[b.Key]})
			walk(b.Children, b.Key)
		}
	}
	walk(pipeline.NewTree(facts, req.Now).OutcomeTree().Roots, pipeline.NodeKey{})
	return rows
}

// outcomesList is a page of a team's outcomes.
type outcomesList struct {
	team    pipeline.Team
	rows    []outcomeRow // open and closed ones
	closed  bool         // those that are closed are shown
	page    int          // from 1; past the end it is the last one
	may     func(pipeline.Action) bool
	command string // that adds one
	inForm  bool   // it lies in a form, in which details take its place
}

func (l outcomesList) post() *Post {
	shown := slices.DeleteFunc(slices.Clone(l.rows), func(r outcomeRow) bool { return r.Closed != l.closed })
	others := len(l.rows) - len(shown)
	title := "Outcomes of " + l.team.Name
	if l.closed {
		title = "Closed outcomes of " + l.team.Name
	}
	blocks := []slack.Block{header(title)}
	of := max(1, (len(shown)+pageSize-1)/pageSize)
	page := min(l.page, of)
	for _, row := range shown[(page-1)*pageSize : min(len(shown), page*pageSize)] {
		blocks = append(blocks, row.blocks(l.may(pipeline.CheckInOutcome), l.inForm)...)
	}
	count := counted(len(shown), "outcome", "outcomes")
	text := fallback(title) + Mrkdwn(": "+count)
	switch {
	case len(shown) > 0:
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, each above those that hang under it", page, of, count))))
	case l.closed:
		blocks = append(blocks, say("None is closed."))
	default:
		blocks = append(blocks, say(Mrkdwn("No outcomes yet. An outcome is a change worth having, for customers or for the business. Type `"+l.command+"` to write the first one down.")))
	}
	value := newParams("team", string(l.team.Key))
	var more []slack.BlockElement
	if of > 1 {
		turn := newParams("team", string(l.team.Key))
		if l.closed {
			turn.set("closed", "1")
		}
		more = pageButtons(actionOutcomes, page, of, turn)
	}
	if l.may(pipeline.ChangeOutcome) {
		more = append(more, button(actionOutcomeAdd, "Add an outcome…", "to "+l.team.Name, value))
	}
	more = append(more, button(actionTree, "Tree", "of "+l.team.Name, value))
	switch {
	case l.closed:
		more = append(more, button(actionOutcomes+":open", "Open ones", "outcomes of "+l.team.Name, value))
	case others > 0:
		more = append(more, button(actionOutcomes+":closed", "Closed ones", "outcomes of "+l.team.Name, newParams("team", string(l.team.Key), "closed", "1")))
	}
	return &Post{Text: text, Blocks: append(blocks, buttons(more...))}
}

// blocks draw the row: what it is, how it stands, and what can be done with it.
func (r outcomeRow) blocks(mayCheckIn, inForm bool) []slack.Block {
	in := ""
	if inForm {
		in = inOutcome
	}
	stands := []string{capital(string(r.Kind))}
	if !r.under.IsZero() {
		stands[0] += " under " + r.under.String()
	}
	if r.Closed {
		stands = append(stands, string(r.Result))
	} else {
		stands = append(stands, lightWords(r.Light))
	}
	if r.Number != "" {
		stands = append(stands, r.Number)
	} else {
		stands = append(stands, r.Progress.Words)
	}
	if !r.Closed {
		stands = append(stands, r.Age)
	}
	said := []slack.RichTextSectionElement{text(strings.Join(append(stands, r.IdeasInWords()), " · "))}
	if r.owner != "" {
		said = append(said, text(" · "), person(r.owner))
	}
	does := []slack.BlockElement{nodeButton(r.Key, in)}
	if mayCheckIn && !r.Closed {
		does = append([]slack.BlockElement{checkInButton(r.Key, "")}, does...)
	}
	return []slack.Block{rich(line(bold(r.Key.String()), text("  "+r.Words)), line(said...)), buttons(does...)}
}
