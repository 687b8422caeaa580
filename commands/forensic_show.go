package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// inForensic: everything about a forensic session. A place in it is the value of the
// button to it, with the page.
const inForensic = "forensic"

const (
	// groupsPage is how many groups the details show at once, and waysShown how many
	// ways of one.
	groupsPage = 10
	waysShown  = 10
)

// showForensic opens everything about a session, or turns its page.
func showForensic(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedForensic(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	view, err := app.forensicView(ctx, req, state, p.page(), metadata{Channel: req.Channel})
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil && p.Get("in") == inForensic {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnForensic draws it again for the place of a button or form.
func (app *App) redrawnForensic(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.AnswerRound, wantButtonTeam)
	if err != nil {
		return nil, err
	}
	state, err := app.forensicState(ctx, again, again.Loaded.Team.Key, p.number("forensic"))
	if err != nil {
		return nil, err
	}
	return app.forensicView(ctx, again, state, p.page(), metadata{Channel: at.channel})
}

// shownForensic is what everything about a session is drawn from, for one reader.
type shownForensic struct {
	storage.ForensicState
	reader   string
	leads    bool
	may      func(pipeline.Action) bool
	findings []pipeline.Finding // when the worst groups are known
	page     int                // of the groups, from 1
}

func (app *App) forensicView(ctx context.Context, req *Request, state storage.ForensicState, page int, m metadata) (*slack.ModalViewRequest, error) {
	s := shownForensic{
		ForensicState: state, reader: req.Person.ID, may: app.may(req), page: page,
		leads: state.Forensic.Leads(app.Policy, req.Person, req.where()),
	}
	if len(state.Forensic.Worst()) > 0 {
		var err error
		if s.findings, err = app.measured(ctx, state.Forensic.Team); err != nil {
			return nil, err
		}
	}
	return forensicView(s, m), nil
}

// forensicView draws everything about a session.
func forensicView(s shownForensic, m metadata) *slack.ModalViewRequest {
	f := s.Forensic
	blocks := []slack.Block{
		rich(line(bold("How could we ruin our Product Backlog?")), line(text("Led by "), person(f.StartedBy), text(", since "), moment(f.Started))),
		say(partOf(f)),
	}
	if standing := s.standing(); standing != "" {
		blocks = append(blocks, note(standing))
	}
	if steps := s.steps(); len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	switch f.Phase {
	case pipeline.ForensicLists:
		blocks = append(blocks, note(waysPromise(f)))
	case pipeline.ForensicMerge, pipeline.ForensicRank:
		blocks = append(blocks, s.groups()...)
	default:
		blocks = append(blocks, s.worst()...)
	}
	return form("forensic.shown", "Forensic session", "", m, blocks...)
}

// standing says how far the session is, and what the reader has given.
func (s shownForensic) standing() Mrkdwn {
	f := s.Forensic
	words := forensicStanding(s.ForensicState)
	switch {
	case !f.Running() && f.EndedBy != "":
		words = "Ended by " + mention(f.EndedBy) + ", " + whenTime(f.Ended) + "."
	case !f.Running():
		words = "Ended " + whenTime(f.Ended) + "."
	case !f.Asks(s.reader):
		words += " You are not among those who take part."
	case s.List != nil:
		words += " You have written."
	case len(s.Picks) > 0:
		words += Mrkdwn(fmt.Sprintf(" You have picked %d of %d.", len(s.Picks), pipeline.ForensicTop))
	}
	return words
}

// steps are what the reader may do with the session as a whole.
func (s shownForensic) steps() []slack.BlockElement {
	f := s.Forensic
	var steps []slack.BlockElement
	if f.Phase == pipeline.ForensicLists && f.Asks(s.reader) && s.may(pipeline.AnswerRound) {
		label := "Write my list"
		if s.List != nil {
			label = "Change my list"
		}
		steps = append(steps, primary(waysButton(f, label, inForensic)))
	}
	switch {
	case f.Running() && s.leads:
		steps = append(steps, endButton(f, inForensic), stopButton(f, inForensic))
	case !f.Running() && s.may(pipeline.HoldForensic):
		steps = append(steps, button(actionForensicNew, "Start another…", "forensic session", newParams("team", string(f.Team))))
	}
	return steps
}

// groups are a page of the groups with what the reader can do with each.
func (s shownForensic) groups() []slack.Block {
	f := s.Forensic
	if len(f.Groups) == 0 {
		return []slack.Block{note("Nothing was written.")}
	}
	of := (len(f.Groups) + groupsPage - 1) / groupsPage
	page := min(s.page, of)
	shown := f.Groups[(page-1)*groupsPage : min(len(f.Groups), page*groupsPage)]
	blocks := []slack.Block{slack.NewDividerBlock()}
	picks := f.Phase == pipeline.ForensicRank && f.Asks(s.reader) && s.may(pipeline.AnswerRound)
	for _, g := range shown {
		place := slices.Index(s.Picks, g.ID) + 1
		lines := wayLines(f, g, true)
		if place > 0 {
			lines = append([]slack.RichTextElement{line(text("Your pick number " + strconv.Itoa(place) + "\n"))}, lines...)
		}
		blocks = append(blocks, rich(lines...))
		switch {
		case picks:
			blocks = append(blocks, buttons(pickButton(f, g.ID, place, page)))
		case f.Phase == pipeline.ForensicMerge && s.leads:
			value := func() params { return onPage(f, inForensic, page).set("group", strconv.Itoa(g.ID)) }
			steps := []slack.BlockElement{button(actionGroup+":"+strconv.Itoa(g.ID), "Name or merge…", "the group", value())}
			if len(g.Ways) > 1 {
				steps = append(steps, button(actionGroupSplit+":"+strconv.Itoa(g.ID), "Take apart", "the group", value()))
			}
			blocks = append(blocks, buttons(steps...))
		}
	}
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s", page, of, counted(len(f.Groups), "group", "groups")))),
			buttons(pageButtons(actionForensic, page, of, forensicValue(f, inForensic))...))
	}
	return blocks
}

// wayLines are a group with some of its ways; names tells who wrote each, where that
// is known, by a mention.
func wayLines(f pipeline.Forensic, g pipeline.ForensicGroup, names bool) []slack.RichTextElement {
	lines := []slack.RichTextElement{line(bold(g.Name))}
	if rule, known := pipeline.FindHealthRule(g.Rule); known {
		lines = append(lines, line(text("Measured by: "+rule.Name)))
	}
	ways := f.WaysOf(g)
	if len(ways) == 1 && ways[0].Words == g.Name && (ways[0].By == "" || !names) {
		return lines
	}
	for _, way := range ways[:min(len(ways), waysShown)] {
		if names && way.By != "" {
			lines = append(lines, line(person(way.By)))
		}
		lines = append(lines, quote(way.Words))
	}
	if more := len(ways) - waysShown; more > 0 {
		lines = append(lines, line(text("And "+counted(more, "more way.", "more ways."))))
	}
	return lines
}

// worst are the worst groups beside what is measured, with their fixes.
func (s shownForensic) worst() []slack.Block {
	f := s.Forensic
	var blocks []slack.Block
	for i, row := range f.Beside(s.findings) {
		lines := besideLines(f, i, row, func(user string) string { return "" })
		if fix := row.Group.Fix; fix != nil { // here a mention can name them
			lines = append(lines[:len(lines)-1], line(text("Looked after by "), person(fix.Owner), text(", by "+pipeline.ShowDay(fix.Day)+". Chosen by "), person(fix.By), text(".")))
		}
		blocks = append(blocks, slack.NewDividerBlock(), rich(lines...))
		if f.Phase == pipeline.ForensicFixes && s.may(pipeline.HoldForensic) {
			label := "Choose a fix…"
			if row.Group.Fix != nil {
				label = "Choose another…"
			}
			blocks = append(blocks, buttons(button(actionFix+":"+strconv.Itoa(row.Group.ID), label, "for the group", forensicValue(f, inForensic).set("group", strconv.Itoa(row.Group.ID)))))
		}
	}
	if f.Picked > 0 && !f.ShowsPoints() {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Fewer than %d people picked, so the points are not shown: they would tell what each of them picked.", pipeline.AnonymousLeast))))
	}
	return blocks
}
