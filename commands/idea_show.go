package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantShown: the idea whose key stands behind the command, with all that its
// details show.
func wantShown(req *Request) (storage.Want, error) {
	want, err := wantTypedIdea(req)
	shown := detailsWant(want.Idea)
	shown.Channel = want.Channel
	return shown, err
}

// wantDetails: the same for the idea that a button names.
func wantDetails(req *Request) (storage.Want, error) {
	want, err := wantButtonIdea(req)
	return detailsWant(want.Idea), err
}

// detailsWant is what the details of an idea are drawn from.
func detailsWant(key pipeline.Key) storage.Want {
	return storage.Want{Idea: key, Dossier: true, Outcomes: true, Chain: true, History: historyShown, Asked: askedShown, Ballot: storage.NewestBallot,
		Sheets: []storage.SheetWant{storage.WantChallenge(key.Number)}}
}

// showIdea opens everything about one idea. From a list in a form it takes the
// list's place, which leaves room for the forms that lie on the details.
func showIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	at := place{in: inDetails, idea: idea.Key, channel: req.Channel}
	if p, err := decodeParams(req.Value); err == nil && req.Form != nil && p.Get("in") == inList {
		return Reply{Update: app.details(ctx, req, at, p.list())}, nil
	}
	return Reply{Open: app.details(ctx, req, at, params{})}, nil
}

// details draws everything about an idea. list is the value of the list it was
// opened from, where it took that one's place.
func (app *App) details(ctx context.Context, req *Request, at place, list params) *slack.ModalViewRequest {
	d := details{
		list: list,
		idea: *req.Loaded.Idea, team: *req.Loaded.Team, dossier: *req.Loaded.Dossier,
		outcomes: req.knownOutcomes(), links: app.links(ctx, req, *req.Loaded.Idea), events: req.Loaded.Events, may: app.may(req), now: req.Now,
		asked: req.Loaded.Asked, askedBy: req.Loaded.AskedBy,
	}
	var err error
	if d.challenge, err = req.challenge(); err != nil { // the rest of the idea can be shown all the same
		app.Log.Error("what is asked about an idea cannot be read", "idea", d.idea.Key.String(), "err", err)
	}
	return ideaDetails(app, d, metadata{Channel: at.channel})
}

// details of an idea: what they are drawn from.
type details struct {
	idea    pipeline.Idea
	team    pipeline.Team
	dossier pipeline.Dossier
	// outcomes of the team, among them those the idea is linked to.
	outcomes []pipeline.Outcome
	links    links
	events   []pipeline.Event // the newest
	// asked are the latest who asked for it again, askedBy how many since it was
	// parked.
	asked   []storage.AskedAgain
	askedBy int
	// challenge is what is asked about it, for the reader.
	challenge storage.ChallengeState
	may       func(pipeline.Action) bool
	now       time.Time
	// list leads back to the list it was opened from; none where it lies alone.
	list params
}

// ideaDetails draws everything about an idea; the buttons are for those who may
// use them.
func ideaDetails(app *App, d details, m metadata) *slack.ModalViewRequest {
	idea := d.idea
	said := []slack.RichTextElement{line(ideaTitle(idea))}
	for _, part := range []struct{ label, words string }{
		{"Problem", idea.Problem}, {"We will know when", idea.Measure}, {"Evidence", idea.Evidence},
	} {
		if part.words == "" {
			said = append(said, line(bold("\n"+part.label+": "), text("nothing yet")))
			continue
		}
		said = append(said, line(bold("\n"+part.label)), quote(part.words))
	}
	facts := "*" + escape(d.team.Name) + "* · " + Mrkdwn(stateOf(idea)) + " since " + when(d.since()) +
		" · captured by " + mention(idea.Author) + " " + when(idea.Created)
	blocks := []slack.Block{rich(said...), note(facts)}
	var links []Mrkdwn
	if !idea.Card.IsZero() {
		links = append(links, link(app.permalink(idea.Card, ""), "The card"))
	}
	if idea.Source.Permalink != "" {
		links = append(links, link(idea.Source.Permalink, "The message it came from"))
	}
	if len(links) > 0 {
		blocks = append(blocks, note(join(links, " · ")))
	}
	steps := d.steps()
	if len(d.list.Values) > 0 {
		action := actionPage
		if d.list.Get("parked") != "" {
			action = actionParked
		}
		steps = append(steps, button(action, "Back to the list", "", d.list))
	}
	if len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	if idea.Stage == pipeline.Parked {
		blocks = append(append(blocks, slack.NewDividerBlock()), d.parkedBlocks()...)
	}
	blocks = append(blocks, d.ballotBlocks()...)
	blocks = append(blocks, d.challengeBlocks()...)
	blocks = append(blocks, d.effectBlocks()...)
	for _, part := range [][]slack.Block{d.outcomeBlocks(), d.validationBlocks(), d.workBlocks(), d.historyBlocks()} {
		blocks = append(append(blocks, slack.NewDividerBlock()), part...)
	}
	return form("idea.details", idea.Key.String(), "", m, blocks...)
}

// since when the idea is what it is: at its stage, or withdrawn.
func (d details) since() time.Time {
	if !d.idea.Withdrawn.IsZero() {
		return d.idea.Withdrawn
	}
	return d.idea.Staged
}

// value of a button in the details.
func (d details) value() params { return newParams("idea", d.idea.Key.String(), "in", inDetails) }

// open: the idea stands, so that something can be done with it.
func (d details) open() bool { return d.idea.Withdrawn.IsZero() }

// steps are what the reader may do with the idea as a whole.
func (d details) steps() []slack.BlockElement {
	key := d.idea.Key.String()
	if !d.open() {
		if d.may(pipeline.ChangeOwnIdea) {
			return []slack.BlockElement{button(actionBringBack, "Bring it back", key, d.value())}
		}
		return nil
	}
	var steps []slack.BlockElement
	if step, onward := pipeline.NextStep(d.idea.Stage); onward && d.may(step.May) && !waits(d.idea, step) {
		steps = append(steps, moveButton(d.idea.Key, step, inDetails))
	}
	if step, back := pipeline.StepTo(d.idea.Stage, pipeline.Discovery); back && !step.Forward() && d.may(step.May) && !waits(d.idea, step) {
		steps = append(steps, moveButton(d.idea.Key, step, inDetails))
	}
	if d.idea.Stage == pipeline.Parked && d.may(pipeline.AskAgain) {
		steps = append(steps, askButton(d.idea.Key, inDetails))
	}
	if d.idea.Ballot != 0 || d.may(pipeline.StartABallot) {
		steps = append(steps, ballotButton(d.idea, inDetails))
	}
	if d.idea.Ballot == 0 && d.may(pipeline.DecideIdea) {
		steps = append(steps, parkButton(d.idea, inDetails))
	}
	if d.idea.Stage == pipeline.Backlog && d.may(pipeline.ChallengeIdea) && !d.challenge.Stands(d.idea) {
		steps = append(steps, challengeButton(d.idea.Key, bestUse, inDetails))
	}
	if d.may(pipeline.ChangeOwnIdea) {
		steps = append(steps, button(actionEdit, "Edit", key, d.value()))
	}
	if d.idea.Ballot == 0 && d.may(pipeline.ChangeOwnIdea) {
		steps = append(steps, confirm(button(actionWithdraw, "Withdraw", key, d.value()),
			"Withdraw "+key+"?", "It leaves the lists. Nothing in it is lost, and it can be brought back.", "Withdraw"))
	}
	return steps
}

// outcomeBlocks list what the idea is for, the primary outcome first.
func (d details) outcomeBlocks() []slack.Block {
	return d.links.rows(d.idea, d.open() && d.may(pipeline.LinkOutcome), inDetails)
}

// runsListed is how many checklists the details name; the overview has all.
const runsListed = 5

// validationBlocks say how far the evidence carries and how the newest
// checklists stand.
func (d details) validationBlocks() []slack.Block {
	key := d.idea.Key.String()
	blocks := []slack.Block{say("*Evidence and checklists*"), note("Confidence: ", escape(pipeline.Confident(d.idea.Tallied()).String()))}
	runs := slices.Clone(d.dossier.Runs)
	slices.SortFunc(runs, func(a, b pipeline.RunSummary) int { return b.ID - a.ID })
	for _, run := range runs[:min(len(runs), runsListed)] {
		blocks = append(blocks, note(escape(run.Name), " · ", runStanding(d.dossier, d.idea, run, d.now)))
	}
	if more := len(runs) - runsListed; more > 0 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("And %d more.", more))))
	}
	var steps []slack.BlockElement
	if d.open() {
		steps = append(steps, button(actionValidate, "Checklists", "of "+key, d.value()))
		if d.may(pipeline.AddEvidence) {
			steps = append(steps, button(actionEvidence, "Add evidence", "to "+key, d.value()))
		}
	}
	return append(blocks, buttons(append(steps, button(actionEvidenceList, "All evidence", "on "+key, d.value()))...))
}

// runStanding is how a checklist stands, in a word or two.
func runStanding(d pipeline.Dossier, idea pipeline.Idea, run pipeline.RunSummary, now time.Time) Mrkdwn {
	verdict, _ := d.Judge(idea, run)
	switch {
	case run.Decision != "":
		return "concluded: " + Mrkdwn(run.Decision)
	case run.Running && !now.Before(run.Deadline):
		return "waits for what it showed since " + when(run.Deadline)
	case run.Running:
		return "running until " + when(run.Deadline)
	case verdict != pipeline.Undecided:
		return "*" + Mrkdwn(verdict) + "*"
	case run.Of == 0: // nobody answers it, it looks at what the idea has
		return "not passed yet"
	}
	return Mrkdwn(fmt.Sprintf("%d of %d answered", run.Answered, run.Of))
}

// workBlocks say how big the idea is and when it counts as done.
func (d details) workBlocks() []slack.Block {
	blocks := []slack.Block{workBlock(d.idea)}
	if d.open() && d.may(pipeline.SizeWork) {
		blocks = append(blocks, buttons(button(actionWork, "Size", d.idea.Key.String(), d.value())))
	}
	return blocks
}

// historyBlocks end the details with what happened last.
func (d details) historyBlocks() []slack.Block {
	blocks := []slack.Block{say("*What happened*")}
	for _, event := range d.events {
		blocks = append(blocks, eventBlock(event))
	}
	return append(blocks, buttons(button(actionHistory, "All that happened", "to "+d.idea.Key.String(), d.value())))
}
