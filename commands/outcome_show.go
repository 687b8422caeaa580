package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// childrenShown is how many of those that hang under an outcome its details name.
const childrenShown = 10

// outcomeDetails is everything about an outcome, as one person may see it.
type outcomeDetails struct {
	storage.WholeNode
	team  pipeline.Team
	nodes pipeline.Nodes
	user  string
	may   func(pipeline.Action) bool
	// left: its owner's account is not active any more.
	left bool
	req  *Request
}

// showOutcome opens everything about an outcome.
func showOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	p := newParams()
	if req.On == Button {
		var err error
		if p, err = decodeParams(req.Value); err != nil {
			return Reply{}, err
		}
	}
	if _, err := req.wantedOutcome(); err != nil {
		return Reply{}, err
	}
	view := app.outcomeView(ctx, req, metadata{Channel: req.Channel})
	if in := p.Get("in"); req.Form != nil && (in == inOutcome || in == inTree || in == inMapped) {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// drawOutcome draws the details of an outcome from what is stored now.
func (app *App) drawOutcome(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, _, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantButtonOutcome(""))
	if err != nil {
		return nil, err
	}
	if _, err := again.wantedOutcome(); err != nil {
		return nil, err
	}
	return app.outcomeView(ctx, again, metadata{Channel: at.channel}), nil
}

// outcomeView draws the details of the outcome that was loaded.
func (app *App) outcomeView(ctx context.Context, req *Request, m metadata) *slack.ModalViewRequest {
	d := outcomeDetails{
		WholeNode: *req.Loaded.Node, team: *req.Loaded.Team, nodes: req.Loaded.Nodes, user: req.Person.ID, may: app.may(req), req: req,
	}
	d.left = app.hasLeft(ctx, d.Outcome.Owner)
	return d.view(m)
}

func (d outcomeDetails) view(m metadata) *slack.ModalViewRequest {
	o := *d.Outcome
	blocks := append([]slack.Block{rich(line(bold(o.Key.String()), text("  "+o.Statement)))}, d.facts()...)
	blocks = append(blocks, standingBlocks(o, d.CheckIns[:min(len(d.CheckIns), checkInsShown)], d.req.Now)...)
	if len(d.CheckIns) > 0 {
		p := outcomePicture(d.team, o, d.CheckIns, look{now: d.req.Now})
		blocks = append(blocks, p.inView(inOutcome, newParams("node", o.Key.String()))...)
	}
	if does := d.buttons(); len(does) > 0 {
		blocks = append(blocks, buttons(does...))
	}
	blocks = append(blocks, d.checkIns()...)
	blocks = append(blocks, d.under()...)
	blocks = append(blocks, buttons(d.around()...))
	blocks = append(blocks, d.ideas()...)
	blocks = append(blocks, say("*What happened*"))
	for _, e := range d.Events[:min(len(d.Events), nodeEventsShown)] {
		blocks = append(blocks, eventBlock(e))
	}
	blocks = append(blocks, buttons(button(actionNodeHistory, "All events", "of "+o.Key.String(), newParams("node", o.Key.String()))))
	return form("outcome.shown", "Outcome "+o.Key.String(), "", m, blocks...)
}

// facts are what its form says of it, and what became of one that is closed.
func (d outcomeDetails) facts() []slack.Block {
	o := *d.Outcome
	said := []slack.RichTextElement{line(text(placeInWords(o, d.nodes)))}
	said = append(said, measureLines(o)...)
	switch {
	case o.Owner == "":
		said = append(said, line(text("Nobody looks after it yet.")))
	case d.left:
		said = append(said, line(text("Looked after by "), person(o.Owner), text(", whose account is not active any more: choose another owner.")))
	default:
		said = append(said, line(text("Looked after by "), person(o.Owner)))
	}
	if !o.IsOpen() {
		became := "Closed, " + string(o.Result)
		if !o.MergedInto.IsZero() {
			became += " into " + o.MergedInto.String()
		}
		said = append(said, line(bold(became), text(" by "), person(o.ClosedBy), text(" · "), moment(o.Closed)), quote(o.ClosedWhy))
	}
	return []slack.Block{rich(said...)}
}

// placeInWords say of which kind an outcome is and under which it hangs.
func placeInWords(o pipeline.Outcome, nodes pipeline.Nodes) string {
	words := capital(o.Kind.Noun())
	if o.Kind == "" {
		words += ", business or product: not said yet"
	}
	if o.Parent.IsZero() {
		return words
	}
	words += " under " + o.Parent.String()
	if parent, known := nodes.Node(o.Parent); known {
		words += ": " + parent.Statement
	}
	return words
}

// measureLines say what is measured of an outcome, from where to where, and where
// the number is read.
func measureLines(o pipeline.Outcome) []slack.RichTextElement {
	var lines []slack.RichTextElement
	if o.Metric != "" {
		lines = append(lines, line(text("Measured by: "+o.Metric)))
	}
	if o.Target != nil && o.Baseline != nil {
		lines = append(lines, line(text(fmt.Sprintf("To %s from %s (%s) to %s (%s)", o.Direction,
			pipeline.ShowNumber(o.Baseline.Value, o.Unit), pipeline.ShowDay(o.Baseline.Day), pipeline.ShowNumber(o.Target.Value, o.Unit), pipeline.ShowDay(o.Target.Day)))))
	}
	if o.Source != "" {
		lines = append(lines, line(text("Read from: "+o.Source)))
	}
	return lines
}

// buttons are what the person may do with it.
func (d outcomeDetails) buttons() []slack.BlockElement {
	o := *d.Outcome
	value := outcomeValue(o.Key, inOutcome)
	var does []slack.BlockElement
	if d.may(pipeline.CheckInOutcome) && o.IsOpen() {
		does = append(does, primary(checkInButton(o.Key, inOutcome)))
	}
	switch {
	case !d.may(pipeline.ChangeOutcome):
	case o.IsOpen():
		does = append(does, button(actionOutcomeEdit, "Edit…", o.Key.String(), value), button(actionOutcomeClose, "Close…", o.Key.String(), value))
	default:
		does = append(does, button(actionOutcomeReopen, "Open it again…", o.Key.String(), value))
	}
	return does
}

// around leads to the tree that it is in, and adds to what hangs under it.
func (d outcomeDetails) around() []slack.BlockElement {
	o := *d.Outcome
	around := []slack.BlockElement{treeButton(o.Key, "Tree")}
	if d.may(pipeline.MapOpportunity) && o.IsOpen() {
		around = append(around, addButtons(o.Key, pipeline.BranchKind(o.Kind.Noun()), outcomeValue(o.Key, inOutcome))...)
	}
	return append(around, button(actionOutcomes, "All outcomes", "of "+d.team.Name, newParams("team", string(d.team.Key))))
}

func (d outcomeDetails) checkIns() []slack.Block {
	if len(d.CheckIns) == 0 {
		return nil
	}
	words := "*Check-ins*"
	shown := d.CheckIns[:min(len(d.CheckIns), checkInsShown)]
	if d.CheckInsTotal > len(shown) {
		words = fmt.Sprintf("*Check-ins*, the newest %d of %d", len(shown), d.CheckInsTotal)
	}
	return append([]slack.Block{say(Mrkdwn(words))}, checkInRows(*d.Outcome, shown, d.user, d.may(pipeline.CheckInOutcome), inOutcome)...)
}

// under names what hangs right under it.
func (d outcomeDetails) under() []slack.Block {
	var said []slack.RichTextElement
	total := 0
	add := func(key pipeline.NodeKey, kind, statement string) {
		if total++; total <= childrenShown {
			said = append(said, line(bold(key.String()), text("  "+statement+" · "+kind)))
		}
	}
	for _, o := range d.nodes.Outcomes {
		if o.Parent == d.Key {
			kind := o.Kind.Noun()
			if !o.IsOpen() {
				kind += ", " + string(o.Result)
			}
			add(o.Key, kind, o.Statement)
		}
	}
	for _, o := range d.nodes.Opportunities {
		if o.Parent == d.Key {
			add(o.Key, "opportunity", o.Statement)
		}
	}
	for _, i := range d.nodes.Impacts {
		if i.Goal == d.Key {
			add(i.Key, "impact", i.Words())
		}
	}
	if total == 0 {
		return nil
	}
	if total > childrenShown {
		said = append(said, line(text(fmt.Sprintf("and %d more", total-childrenShown))))
	}
	return []slack.Block{say("*What hangs under it*"), rich(said...)}
}

// ideas are those linked to it: how many at which stage, the newest, and what the
// delivered ones moved.
func (d outcomeDetails) ideas() []slack.Block {
	count := d.Ideas.Count()
	if count == 0 {
		return []slack.Block{say("*Ideas*"), note("None is linked to it itself.")}
	}
	var stages []string
	for _, stage := range pipeline.Stages() {
		if n := d.Ideas.Stages[stage]; n > 0 {
			stages = append(stages, fmt.Sprintf("%d %s", n, stageCalled(stage)))
		}
	}
	blocks := []slack.Block{
		say(Mrkdwn(fmt.Sprintf("*%s* linked to it: %s", counted(count, "idea", "ideas"), strings.Join(stages, ", ")))),
		note(Mrkdwn(capital(d.Ideas.Hits.Words()) + ".")),
	}
	for _, idea := range d.Ideas.Newest {
		key := idea.Key.String()
		open := button(actionShow+":"+key, "Details", "of "+key, newParams("idea", key))
		blocks = append(blocks, slack.NewSectionBlock(plain(key+"  "+idea.Title+"\n"+stageCalled(idea.Stage)), nil, slack.NewAccessory(open)))
	}
	if count > len(d.Ideas.Newest) {
		blocks = append(blocks, buttons(button(actionOutcomeIdeas, "All "+strconv.Itoa(count)+" ideas", "linked to "+d.Key.String(), newParams("node", d.Key.String(), "in", inOutcome))))
	}
	return blocks
}

// outcomeValue is what a button about an outcome carries; in names the form it
// stands in, "" for a message.
func outcomeValue(key pipeline.OutcomeKey, in string) params {
	value := newParams("node", key.String(), "in", in)
	if in != "" {
		value.set("at", newParams("node", key.String()).encode())
	}
	return value
}

// wantNodeHistory: the node that a button names, with its events up to the page
// that is asked for, and one more to know whether there are others.
func wantNodeHistory(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	key, err := p.node()
	return storage.Want{Node: key, NodeHistory: historyPage*min(p.page(), historyPages) + 1}, err
}

// showNodeHistory opens all that happened to a node, or turns its page.
func showNodeHistory(_ context.Context, _ *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Node == nil || req.Loaded.Team == nil {
		return Reply{}, noNode(req.nodeMeant())
	}
	view := nodeHistory(*req.Loaded.Node, min(p.page(), historyPages), metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("in") == inHistory {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// nodeHistory draws one page of what happened to a node.
func nodeHistory(node storage.WholeNode, page int, m metadata) *slack.ModalViewRequest {
	key := node.Key.String()
	turn := func(label string, to int) slack.BlockElement {
		return button(actionNodeHistory+":"+strings.ToLower(label), label, "events of "+key, newParams("node", key, "in", inHistory, "page", strconv.Itoa(to)))
	}
	blocks := append([]slack.Block{rich(line(bold(key), text("  "+statementOfNode(node))))}, historyBlocks(node.Events, page, turn)...)
	return form("node.history_shown", "History of "+key, "", m, blocks...)
}

// statementOfNode is what a node says.
func statementOfNode(node storage.WholeNode) string {
	switch {
	case node.Outcome != nil:
		return node.Outcome.Statement
	case node.Opportunity != nil:
		return node.Opportunity.Statement
	case node.Impact != nil:
		return node.Impact.Words()
	}
	return ""
}

// showOutcomeIdeas shows the ideas that are linked to an outcome, ten at a time.
func showOutcomeIdeas(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, o, err := req.clickedOutcome()
	if err != nil {
		return Reply{}, err
	}
	page, err := app.Store.Linked(ctx, o.Key, p.page(), pageSize)
	if err != nil {
		return Reply{}, err
	}
	view := outcomeIdeas(o, page, metadata{Channel: req.Channel})
	if req.Form != nil && (p.Get("in") == inOutcome || p.Get("page") != "") { // in the place of the details, or turned
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// outcomeIdeas draws a page of the ideas that are linked to an outcome.
func outcomeIdeas(o pipeline.Outcome, page storage.Page, m metadata) *slack.ModalViewRequest {
	key := o.Key.String()
	blocks := []slack.Block{rich(line(bold(key), text("  "+o.Statement)))}
	for _, idea := range page.Ideas {
		blocks = append(blocks, ideaRow(idea, newParams()))
	}
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, newest first", page.Number, page.Of, counted(page.Total, "idea", "ideas")))))
	back := nodeButton(o.Key, inOutcome)
	back.Text = plain("Back to " + key)
	back.AccessibilityLabel = ""
	turns := []slack.BlockElement{back}
	if page.Of > 1 {
		turns = append(turns, pageButtons(actionOutcomeIdeas, page.Number, page.Of, newParams("node", key))...)
	}
	blocks = append(blocks, buttons(turns...))
	return form("outcome.ideas_shown", "Ideas for "+key, "", m, blocks...)
}
