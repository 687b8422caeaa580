package commands

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What somebody types into a form is kept for a day in a slot of its own: one
// for each thing being written. The first word of its name says of which form
// it is; the key of the idea and more may follow.
const (
	draftIdea          = "idea"            // of the capture form
	draftLong          = "idea.long"       // a text that fits no field
	draftEdit          = "edit."           // KEY: of an idea being edited
	draftRun           = "run."            // KEY.RUN.STEP: of a step of a checklist
	draftEvidence      = "evidence."       // KEY, or a word of its own where the idea is still to be chosen
	draftStage         = "stage."          // KEY.STAGE: why an idea moves
	draftWork          = "work."           // KEY: size and acceptance criteria
	draftOutcome       = "outcome."        // KEY: an outcome in one line
	draftUnlink        = "unlink."         // KEY.NODE: why a link is taken away
	draftPark          = "park."           // KEY: why an idea is parked, and until when
	draftAsk           = "ask."            // KEY: why somebody asks for a parked idea again
	draftBallot        = "ballot."         // KEY: a ballot to start
	draftVote          = "vote."           // KEY.N: a vote on a ballot that is not anonymous
	draftOutcomeEdit   = "outcome-edit."   // KEY, or TEAM.NEW: an outcome with all it says
	draftOutcomeClose  = "outcome-close."  // KEY: what became of an outcome
	draftOutcomeReopen = "outcome-reopen." // KEY: why an outcome is open again
	draftCheckIn       = "checkin."        // KEY, or KEY.N to correct one: a check-in
	draftTemplate      = "template."       // TEAM.ID: a checklist of a team, or an item of it
	// Of the nodes below outcomes, each behind what is written: new.KEY, edit.KEY or
	// evidence.KEY.
	draftOpportunity = "opportunity."
	draftImpact      = "impact."
	draftEffect      = "effect."       // KEY: what a delivered idea is expected to change
	draftForensic    = "forensic."     // TEAM: a forensic session to start
	draftWays        = "ways."         // TEAM.N: an own list in a session that has names
	draftFix         = "fix."          // TEAM.N.GROUP: what is done about a group
	draftChallenge   = "challenge."    // KEY: an answer to what is asked about an idea
	draftRound       = "round."        // TEAM: a round of questions to start
	draftAnswer      = "answer."       // TEAM.N: an answer to a round that has names
	draftTry         = "try."          // TEAM.N: what is tried after a round
	draftSession     = "session."      // TEAM.N, 0 for a new one: when an alignment session is
	draftPoint       = "point."        // TEAM.N: a point to talk about in it
	draftPointNote   = "note."         // TEAM.N.POINT: what came of one
	draftSprint      = "sprint."       // TEAM.N: a sprint to start, N 0, or to change
	draftSprintClose = "sprint-close." // TEAM.N: what is done in a sprint that is closed
	draftRefine      = "refine."       // TEAM.N: a refinement to log, N 0, or to correct
	draftCanvas      = "canvas."       // TEAM.NEW.KIND: a canvas to begin
	draftBox         = "box."          // TEAM.N.BOX: a box of a canvas
	draftStoryMap    = "story-map."    // TEAM.N.CARD.FORM: a form of a story map, N 0 for a new one
	draftHorizon     = "board."        // TEAM.COLUMN or TEAM.KEY: what is added to a column of the board, or the metric of a card
	draftReview      = "review."       // TEAM.N.KEY: answers about an outcome in the review of sprint N
)

// slotWord is what names of slots and openings of forms are made of.
var slotWord = regexp.MustCompile(`^[A-Za-z0-9.-]{1,100}$`)

// knownSlot tells whether a name that came back from Slack can be one of ours.
func knownSlot(name string) bool {
	if !slotWord.MatchString(name) {
		return false
	}
	for _, kind := range []string{draftIdea + ".", draftStoryMap, draftHorizon, draftEdit, draftRun, draftEvidence, draftStage, draftWork, draftOutcome, draftUnlink, draftPark, draftAsk, draftBallot, draftVote, draftTemplate, draftOutcomeEdit, draftOutcomeClose, draftOutcomeReopen, draftCheckIn, draftEffect, draftChallenge, draftForensic, draftWays, draftFix, draftRound, draftAnswer, draftTry, draftSprint, draftSprintClose, draftRefine, draftSession, draftPoint, draftPointNote, draftReview, draftCanvas, draftBox, draftOpportunity, draftImpact} {
		if strings.HasPrefix(name, kind) {
			return true
		}
	}
	return name == draftIdea
}

// wantFormDraft: the draft that the form writes.
func wantFormDraft(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	return storage.Want{Draft: m.Draft}, err
}

// saveDraft keeps what has been typed so far. Slack reports it while the
// person types or chooses, and again when the form is closed.
func saveDraft(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	return Reply{}, app.keepTyped(ctx, req, m)
}

// keepTyped keeps what stands in the form of which m is the metadata.
func (app *App) keepTyped(ctx context.Context, req *Request, m metadata) error {
	slot, err := m.slot()
	if err != nil {
		return err
	}
	d := storage.Draft{Typed: req.Form.typed(), Team: m.Team, Saved: req.at()}
	if m.ofStep() {
		d.Typed = changedIn(req.Form, m)
	}
	if req.On == Close && (len(d.Typed) == 0 || typedDigest(d.Typed) == m.Stored) {
		return nil // a closed form may come without what was typed into it
	}
	d.Source = app.begunFrom(m)
	if req.Loaded.Draft != nil && d.Source.IsZero() {
		d.Source = req.Loaded.Draft.Source
	}
	return app.Store.SaveDraft(ctx, req.Person.ID, slot, d)
}

// typedDigest tells what stands in a form from anything else that could.
func typedDigest(typed map[pipeline.Field]string) string {
	typed = maps.Clone(typed)
	maps.DeleteFunc(typed, func(_ pipeline.Field, words string) bool { return words == "" })
	return digest(typed)
}

// beginFrom keeps the message that a form is begun from, with what the form
// starts with.
func (app *App) beginFrom(ctx context.Context, req *Request, m metadata, from pipeline.Source, typed map[pipeline.Field]string) error {
	slot, err := m.slot()
	if err != nil {
		return err
	}
	// A minute early, so that no difference between two clocks puts it behind
	// the first key that is typed.
	begun := storage.Draft{Typed: typed, Source: from, Team: m.Team, Saved: req.at().Add(-time.Minute)}
	return app.Store.SaveDraft(ctx, req.Person.ID, slot, begun)
}

// at is when the person acted; when it is handled, where Slack does not say.
func (req *Request) at() time.Time {
	if req.At.IsZero() {
		return req.Now
	}
	return req.At
}

// dropFormDraft forgets what the form was typed and gives its metadata for a
// new beginning.
func dropFormDraft(ctx context.Context, app *App, req *Request) (metadata, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return metadata{}, err
	}
	if err := app.Store.DropDraft(ctx, req.Person.ID, slot); err != nil {
		return metadata{}, err
	}
	m.Fresh = req.fresh()
	return m, nil
}

// afresh tells whether the button asks for the form that it stands in to begin
// anew, see typedBeforeNote.
func (req *Request) afresh(p params) bool { return p.Get("afresh") != "" && req.Form != nil }

// discardDraft throws a draft away from Home.
func discardDraft(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if !knownSlot(p.Get("draft")) {
		return Reply{}, stale
	}
	if err := app.Store.DropDraft(ctx, req.Person.ID, storage.Slot{Name: p.Get("draft")}); err != nil {
		return Reply{}, err
	}
	return openHome(ctx, app, req)
}

// goingOn is what a form starts with: what the person had typed before, with a
// note that says so, otherwise what is stored.
func (req *Request) goingOn(action string, p params, stored map[pipeline.Field]string) (map[pipeline.Field]string, []slack.Block) {
	d := req.Loaded.Draft
	if d == nil || len(d.Typed) == 0 {
		return stored, nil
	}
	return d.Typed, typedBeforeNote(action, p, d.Saved)
}

// unsaved tells that what stands in a form was typed before.
func unsaved(saved time.Time) slack.Block {
	return note("This is what you typed ", whenTime(saved), ". It is not saved yet.")
}

// typedBeforeNote tells that a form starts with what was typed before, with a
// button that empties it: opened by the same action, with "afresh" in its value.
func typedBeforeNote(action string, value params, saved time.Time) []slack.Block {
	again := params{maps.Clone(value.Values)}
	return []slack.Block{
		unsaved(saved),
		buttons(button(action, "Start afresh", "", again.set("afresh", "1"))),
	}
}
