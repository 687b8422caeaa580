package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	mappedEvents   = 5 // of the history of an opportunity or an impact
	mappedEvidence = 3 // of the evidence on an opportunity, before all is listed
	// listEvidence in the value of a button lists all evidence.
	listEvidence = "evidence"
)

// shownMapped is what everything about an opportunity or an impact is drawn from.
type shownMapped struct {
	storage.WholeNode
	nodes pipeline.Nodes // those above it
	ideas storage.Page   // linked to it itself
	at    params
	may   func(pipeline.Action) bool
	now   time.Time
}

// wantMappedShown: the opportunity or impact that a button names, and what is
// above it.
func wantMappedShown(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	key, err := p.node()
	return mappedWant(key), err
}

func mappedWant(key pipeline.NodeKey) storage.Want {
	return storage.Want{Team: key.Team, Node: key, Chain: true, NodeHistory: mappedEvents}
}

// showMapped opens everything about an opportunity or an impact, or turns a page
// in it.
func showMapped(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	view, err := app.mapped(ctx, req, p)
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil && (p.Get("in") == inMapped || p.Get("in") == inTree) {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// mapped draws everything about the opportunity or impact that was loaded.
func (app *App) mapped(ctx context.Context, req *Request, at params) (*slack.ModalViewRequest, error) {
	key, err := at.node()
	if err != nil {
		return nil, err
	}
	if req.Loaded.Team == nil || req.Loaded.Node == nil {
		return nil, noNode(key)
	}
	if req.Loaded.Node.Outcome != nil {
		return nil, stale
	}
	s := shownMapped{WholeNode: *req.Loaded.Node, nodes: req.Loaded.Nodes, at: at, may: app.may(req), now: req.Now}
	if at.Get("list") == "" && s.Ideas.Count() > 0 {
		if s.ideas, err = app.Store.Linked(ctx, s.Key, at.page(), pageSize); err != nil {
			return nil, err
		}
	}
	return mappedView(app, s, metadata{Team: s.Key.Team, Node: s.Key.String(), Channel: req.Channel}), nil
}

// drawNodes draws the view of nodes that a form lies on from what is stored now.
func (app *App) drawNodes(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	wants := wantMappedShown
	if at.in == inTree {
		wants = wantTree
	}
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wants)
	if err != nil {
		return nil, err
	}
	if at.in == inTree {
		return app.drawTree(ctx, again, p)
	}
	return app.mapped(ctx, again, p)
}

// here is the place of the view, for the forms that open on it.
func (s shownMapped) here() params {
	return newParams("node", s.Key.String(), "in", inMapped, "at", s.place().encode())
}

func (s shownMapped) place() params {
	return newParams("node", s.Key.String(), "list", s.at.Get("list"), "page", s.at.Get("page"))
}

// turned goes to another list or page of the view.
func (s shownMapped) turned(list string) params {
	return newParams("node", s.Key.String(), "in", inMapped, "list", list)
}

// mappedView draws everything about an opportunity or an impact.
func mappedView(app *App, s shownMapped, m metadata) *slack.ModalViewRequest {
	title := capital(s.Key.Kind.Noun()) + " " + s.Key.String()
	if s.at.Get("list") == listEvidence && s.Opportunity != nil {
		return form("node.shown", pipeline.Cut("Evidence on "+s.Key.String(), 24), "", m, s.evidenceBlocks(app)...)
	}
	blocks := s.headBlocks()
	var hints []string
	if s.Opportunity != nil {
		hints = s.Opportunity.Hints(s.Ideas.Count())
	} else {
		hints = s.Impact.Hints()
	}
	for _, hint := range hints {
		blocks = append(blocks, slack.NewContextBlock("", plain("Worth a second look: "+hint)))
	}
	blocks = append(blocks, s.stepBlocks()...)
	if s.Opportunity != nil {
		blocks = append(blocks, s.newestEvidence(app)...)
	}
	blocks = append(blocks, s.ideaBlocks()...)
	blocks = append(blocks, say("*History*"))
	for _, event := range s.Events {
		blocks = append(blocks, eventBlock(event))
	}
	blocks = append(blocks, buttons(button(actionNodeHistory, "All events", "of "+s.Key.String(), newParams("node", s.Key.String()))))
	return form("node.shown", pipeline.Cut(title, 24), "", m, blocks...)
}

// headBlocks say what it is and where in the tree.
func (s shownMapped) headBlocks() []slack.Block {
	var said []slack.RichTextElement
	row := func(label, words string) {
		if words != "" {
			said = append(said, line(bold(label+": "), text(words)))
		}
	}
	var parent pipeline.NodeKey
	if o := s.Opportunity; o != nil {
		parent = o.Parent
		said = append(said, line(bold(o.Statement)))
		row("It is", "a "+string(o.Kind)+" of customers")
		row("Worked on", string(o.Horizon))
		row("How often, 1 to 5", scaled(o.Frequency))
		row("How many, 1 to 5", scaled(o.Reach))
		row("How bad, 1 to 5", scaled(o.Severity))
	} else {
		i := s.Impact
		parent = i.Goal
		said = append(said, line(bold(i.Actor)))
		row("Today", i.From)
		row("Otherwise", i.To)
		row("Seen by", i.Measure)
		row("Enough", i.Threshold)
	}
	above := parent.String()
	if node, known := s.nodes.Node(parent); known {
		above += "  " + node.Statement
		if node.Closed {
			above += " (closed)"
		}
	} else {
		above += ", which is not there"
	}
	row("Under", above)
	return []slack.Block{rich(said...)}
}

// scaled is an answer on the scale of opportunities.
func scaled(n int) string {
	if n == 0 {
		return "nobody knows yet"
	}
	return fmt.Sprint(n)
}

// stepBlocks are what can be done with it.
func (s shownMapped) stepBlocks() []slack.Block {
	key := s.Key.String()
	steps := []slack.BlockElement{treeButton(s.Key, "Tree")}
	if s.may(pipeline.MapOpportunity) {
		edit := actionImpactEdit
		if s.Opportunity != nil {
			edit = actionOpportunityEdit
			steps = append(steps, button(actionOpportunityNew, "Add one under it", key, s.here()))
		}
		steps = append(steps, button(edit, "Edit", key, s.here()))
	}
	return []slack.Block{buttons(steps...)}
}

// newestEvidence are the newest pieces of evidence, with the way to add one.
func (s shownMapped) newestEvidence(app *App) []slack.Block {
	key, all := s.Key.String(), s.Opportunity.Evidence
	blocks := []slack.Block{say(Mrkdwn("*Evidence*" + howMany(len(all), "piece", "pieces")))}
	if age, stale := pipeline.EvidenceAge(s.Opportunity.Newest(), s.now); len(all) > 0 {
		if stale {
			age += ": is it still so?"
		}
		blocks = append(blocks, note("The newest is ", Mrkdwn(age)))
	}
	for i := len(all) - 1; i >= max(0, len(all)-mappedEvidence); i-- {
		blocks = append(blocks, evidenceBlocks(app, all[i])...)
	}
	var steps []slack.BlockElement
	if s.may(pipeline.AddEvidence) {
		steps = append(steps, button(actionSupport, "Add evidence", "on "+key, s.here()))
	}
	if len(all) > mappedEvidence {
		steps = append(steps, button(actionMapped+":evidence", "All evidence", "on "+key, s.turned(listEvidence)))
	}
	if len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	return blocks
}

// howMany ends a title with how many things stand under it.
func howMany(n int, one, several string) string {
	if n == 0 {
		return ": none yet"
	}
	return ": " + counted(n, one, several)
}

// evidenceBlocks list all evidence, the newest first, ten pieces at a time.
func (s shownMapped) evidenceBlocks(app *App) []slack.Block {
	all := s.Opportunity.Evidence
	of := max(1, (len(all)+pageSize-1)/pageSize)
	page := min(s.at.page(), of)
	blocks := []slack.Block{
		rich(line(bold(s.Opportunity.Statement))),
		buttons(button(actionMapped+":back", "Back", "to "+s.Key.String(), s.turned(""))),
	}
	for i := len(all) - 1 - (page-1)*pageSize; i >= max(0, len(all)-page*pageSize); i-- {
		blocks = append(blocks, slack.NewDividerBlock())
		blocks = append(blocks, evidenceBlocks(app, all[i])...)
	}
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %d pieces of evidence", page, of, len(all)))),
			buttons(pageButtons(actionMapped, page, of, s.turned(listEvidence))...))
	}
	return blocks
}

// ideaBlocks list the ideas that are linked to it, ten at a time.
func (s shownMapped) ideaBlocks() []slack.Block {
	total := s.Ideas.Count()
	title := "*Ideas*" + howMany(total, "is linked to it", "are linked to it")
	if hits := s.Ideas.Hits; hits.Asked > 0 {
		title += " · " + strings.TrimSuffix(hits.Words(), ".")
	}
	blocks := []slack.Block{say(Mrkdwn(title))}
	for _, idea := range s.ideas.Ideas {
		blocks = append(blocks, ideaRow(idea, newParams()))
	}
	if s.ideas.Of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s", s.ideas.Number, s.ideas.Of, counted(s.ideas.Total, "idea", "ideas")))),
			buttons(pageButtons(actionMapped, s.ideas.Number, s.ideas.Of, s.turned(""))...))
	}
	return blocks
}
