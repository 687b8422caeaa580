package commands

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a ballot on an idea is started.

// wantTypedBallot: the idea whose key stands behind the command, with all that
// the form that starts a ballot asks for.
func wantTypedBallot(req *Request) (storage.Want, error) {
	want, err := wantTypedIdea(req)
	ballot := ballotWant(want.Idea)
	ballot.Channel = want.Channel
	return ballot, err
}

// wantBallotForm is the same for the idea that a button names.
func wantBallotForm(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return ballotWant(key), err
}

// wantFormBallot is the same for the form.
func wantFormBallot(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return ballotWant(key), err
}

func ballotWant(key pipeline.Key) storage.Want {
	return storage.Want{Idea: key, Chain: true, Draft: draftBallot + key.String()}
}

// mayVoteOrStart is what the command asks for: to see the ballot that runs, else
// to start one.
func mayVoteOrStart(req *Request) pipeline.Action {
	if idea := req.Loaded.Idea; idea != nil && idea.Ballot == 0 {
		return pipeline.StartABallot
	}
	return pipeline.ReadTeam
}

// voteOrStart shows the ballot on an idea that runs, with the buttons to vote in
// it, or the form that starts one.
func voteOrStart(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	p := newParams("idea", idea.Key.String())
	if idea.Ballot > 0 {
		return app.openBallot(ctx, req, p, idea)
	}
	return app.openStart(ctx, req, p, idea)
}

// openBallotForm opens the form that starts a ballot, or the ballot that
// somebody has started meanwhile.
func openBallotForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	switch {
	case err != nil:
		return Reply{}, err
	case req.afresh(p):
		m, err := dropFormDraft(ctx, app, req)
		s := app.ballotScene(ctx, req, idea)
		stored := s.stored(m.More)
		m.Stored = typedDigest(stored)
		return Reply{Update: ballotForm(m, s, stored)}, err
	case idea.Ballot > 0:
		return app.openBallot(ctx, req, p, idea)
	}
	return app.openStart(ctx, req, p, idea)
}

// openStart opens the form that starts a ballot.
func (app *App) openStart(ctx context.Context, req *Request, p params, idea pipeline.Idea) (Reply, error) {
	// What can be refused before anything is typed is refused before.
	if _, err := pipeline.StartBallot(app.Policy, req.Person, req.where(), idea, pipeline.BallotForm{}, nil, false, req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	m := req.formOver(p, draftBallot+idea.Key.String())
	m.Idea = idea.Key.String()
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	s := app.ballotScene(ctx, req, idea)
	stored := s.stored(false)
	typed, notes := req.goingOn(actionBallotNew, newParams("idea", idea.Key.String()), stored)
	m.Stored = typedDigest(stored)
	m.More = slices.ContainsFunc(ballotMore, func(f pipeline.Field) bool { return typed[f] != "" })
	return Reply{Open: ballotForm(m, s, s.fitting(typed), notes...)}, nil
}

// fitting is what was typed, with another question where that one cannot be
// asked of the idea any more.
func (s ballotScene) fitting(typed map[pipeline.Field]string) map[pipeline.Field]string {
	if optionOf(s.questionOptions(), typed[pipeline.FieldQuestion]) == nil {
		typed[pipeline.FieldQuestion] = s.stored(false)[pipeline.FieldQuestion]
	}
	return typed
}

// ballotScene is what the form is drawn from. Slack is asked who is in the
// channel, and is not waited for: the answer is there by the time the form is
// submitted.
func (app *App) ballotScene(ctx context.Context, req *Request, idea pipeline.Idea) ballotScene {
	s := ballotScene{idea: idea, team: *req.Loaded.Team, outcomes: req.knownOutcomes(), guests: app.Policy.Guests}
	now, stop := context.WithCancel(ctx)
	stop() // what is known at once
	_, _ = app.Members(now, s.team.Channel)
	s.groups, _ = app.Groups(now)
	return s
}

// showBallotMore shows the inputs that few need, beside what stands in the form.
func showBallotMore(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, _, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	m.More = true
	s := app.ballotScene(ctx, req, idea)
	shown := req.Form.typed()
	if shown[pipeline.FieldOutcome] == "" {
		shown[pipeline.FieldOutcome] = s.stored(true)[pipeline.FieldOutcome]
	}
	m.Stored = "" // what it shows now is no longer what it was opened with
	return Reply{Update: ballotForm(m, s, shown)}, nil
}

// startBallot starts the ballot that was typed into the form.
func startBallot(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	typed, chosen, err := req.typedBallot()
	if err != nil {
		return Reply{}, err
	}
	if optionOf((ballotScene{idea: idea}).questionOptions(), string(typed.Question)) == nil && idea.Ballot == 0 && idea.Withdrawn.IsZero() {
		return app.askAnew(ctx, req, m, idea), nil
	}
	b, asked, err := app.start(ctx, req, slot, idea, typed, chosen)
	if err != nil {
		return Reply{}, err
	}
	reply := app.finish(ctx, req, m, Reply{})
	reply.Tell = ballotStarted(b, asked).Tell
	return reply, nil
}

// askAnew draws the form with the questions that fit what has become of the idea
// since it was opened.
func (app *App) askAnew(ctx context.Context, req *Request, m metadata, idea pipeline.Idea) Reply {
	m.Fresh = req.fresh() // else Slack keeps the question that is no option any more
	s := app.ballotScene(ctx, req, idea)
	said := note(Mrkdwn(idea.Key.String()) + " is " + Mrkdwn(stateOf(idea)) + " now, which changes what can be asked. Nothing was started yet; look at the question and submit again.")
	return Reply{Update: ballotForm(m, s, s.fitting(req.Form.typed()), said)}
}

// groupID is what Slack calls a user group.
var groupID = regexp.MustCompile(`^S[A-Z0-9]{2,30}$`)

// typedBallot reads the form. What the menus cannot have offered is refused; all
// else is for the rule to judge.
func (req *Request) typedBallot() (typed pipeline.BallotForm, chosen string, err error) {
	value := func(field pipeline.Field) string { return req.Form.Value(field).Text }
	ticked := func(field pipeline.Field) bool { return slices.Contains(req.Form.Value(field).Chosen, pipeline.Yes) }
	typed = pipeline.BallotForm{
		Question: pipeline.BallotQuestion(value(pipeline.FieldQuestion)), Level: pipeline.Confidentiality(value(pipeline.FieldLevel)),
		Days: value(pipeline.FieldDays), Quorum: value(pipeline.FieldQuorum), Approve: value(pipeline.FieldApprove), Object: value(pipeline.FieldObject),
		Guests: ticked(pipeline.FieldGuests), ShowResults: ticked(pipeline.FieldShowResults),
	}
	if words := value(pipeline.FieldOutcome); words != "" {
		if typed.Outcome, err = pipeline.ParseNodeKey(words); err != nil {
			return typed, "", stale
		}
	}
	chosen = value(pipeline.FieldElectorate)
	if !slices.Contains(pipeline.BallotQuestions(), typed.Question) || chosen != wholeChannel && chosen != noGroups && !groupID.MatchString(chosen) {
		return typed, "", stale
	}
	return typed, chosen, nil
}

// start stores a ballot, once for each op. asked says in words who was chosen,
// and who of them cannot vote; or that an earlier try of the same act had stored
// it.
func (app *App) start(ctx context.Context, req *Request, draft storage.Slot, idea pipeline.Idea, typed pipeline.BallotForm, chosen string) (b pipeline.Ballot, asked string, err error) {
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.BallotStarted, About: string(typed.Question)}
	if !req.Loaded.First {
		before := idea
		before.Version = 0 // no idea is at it: only what this act stored is given back
		b, err = app.Store.StartBallot(ctx, req.Op, before, pipeline.Ballot{Idea: idea.Key}, draft, event)
		var conflict *storage.ConflictError
		var running *storage.BallotRunningError
		if !errors.As(err, &conflict) && !errors.As(err, &running) {
			return b, "It was started at your first try, as the form stood then.", err
		}
	}
	team := *req.Loaded.Team
	people, err := app.electorate(ctx, team, chosen)
	if err != nil {
		return b, "", err
	}
	where, err := req.whereDue()
	if err != nil {
		return b, "", err
	}
	for range busyTries {
		b, err = pipeline.StartBallot(app.Policy, req.Person, where, idea, typed, people, idea.Ballot > 0, req.Now)
		if err != nil {
			return b, "", err
		}
		b, err = app.Store.StartBallot(ctx, req.Op, idea, b, draft, event, startingEntries(req.Op, team, idea, b, event)...)
		var conflict *storage.ConflictError
		var running *storage.BallotRunningError
		switch {
		case errors.As(err, &conflict):
			idea = conflict.Current
		case errors.As(err, &running):
			idea.Ballot = running.Current.ID
		default:
			_, left := pipeline.NewElectorate(people, typed.Guests)
			return b, strings.Join(append([]string{choiceInWords(chosen)}, left...), " "), err
		}
	}
	return b, "", busy(idea.Key)
}

// startingEntries are what must be posted and done about a ballot that starts:
// its message, the card, its end, the reminder, and a line where the idea came
// from.
func startingEntries(op string, team pipeline.Team, idea pipeline.Idea, b pipeline.Ballot, event pipeline.Event) []storage.Outgoing {
	told := telling(op, team, idea, event)
	if !toldAtSource(event.What, team, idea.Source) { // the channel sees the ballot itself
		told = slices.DeleteFunc(told, func(o storage.Outgoing) bool { return o.Kind == drawNews })
	}
	return append(told, redrawBallot(team, b), closeAtDeadline(b), remindOnTime(b))
}

// electorate are the people chosen to vote, whoever of them can. Of a private
// team they are those who are in its channel. What Slack does not tell is said
// beside the choice.
func (app *App) electorate(ctx context.Context, team pipeline.Team, chosen string) ([]pipeline.Person, error) {
	switch chosen {
	case wholeChannel:
		people, err := app.Members(ctx, team.Channel)
		return people, besideElectorate(err)
	case noGroups:
		if _, err := app.Groups(ctx); err != nil {
			return nil, besideElectorate(err)
		}
		return nil, besideElectorate(&pipeline.Problem{Code: "groups-readable", What: "The user groups can be read now.", Next: "Open the menu again and choose one."})
	}
	people, err := app.Group(ctx, chosen)
	if err != nil || !team.Private {
		return people, besideElectorate(err)
	}
	inside, err := app.Members(ctx, team.Channel)
	people = slices.DeleteFunc(slices.Clone(people), func(p pipeline.Person) bool {
		return !slices.ContainsFunc(inside, func(other pipeline.Person) bool { return other.ID == p.ID })
	})
	return people, besideElectorate(err)
}

// besideElectorate puts the words of a problem beside the choice of who votes.
func besideElectorate(err error) error { return beside(err, pipeline.FieldElectorate) }

// beside puts the words of a problem beside an input.
func beside(err error, field pipeline.Field) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Fields != nil {
		return err
	}
	beside := *problem
	beside.Fields = map[pipeline.Field]string{field: problem.Error()}
	return &beside
}

// choiceInWords is a choice of who votes.
func choiceInWords(chosen string) string {
	if chosen == wholeChannel {
		return "They are those in the team's channel."
	}
	return "They are those in the user group."
}

// ballotStarted tells privately that a ballot runs: how many are asked, who they
// are, and until when they can vote.
func ballotStarted(b pipeline.Ballot, asked string) Reply {
	words := fmt.Sprintf("The ballot on %s runs. Asked: %s. %s", b.Idea, counted(len(b.Electorate), "person", "people"), asked)
	return tell(Mrkdwn(words)+" They can vote until "+whenTime(b.Deadline)+".", buttons(ballotDetails(b, "")))
}

// ballotButton shows the ballot on an idea that runs, or starts one; in names
// the form it stands in, "" for a message.
func ballotButton(idea pipeline.Idea, in string) *slack.ButtonBlockElement {
	value := newParams("idea", idea.Key.String(), "in", in)
	if idea.Ballot > 0 {
		return button(actionBallot, "Ballot", "on "+idea.Key.String(), value)
	}
	return button(actionBallotNew, "Start a ballot…", "on "+idea.Key.String(), value)
}
