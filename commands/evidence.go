package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// fieldIdea is the menu of ideas in the form of evidence; the value of an
// option is the idea's key.
const fieldIdea pipeline.Field = "idea"

// The values of the input that asks which way evidence speaks.
const (
	speaksFor     = "for"
	speaksAgainst = "against"
)

// wantEvidenceDraft: the idea that a button names with what was typed about it
// before, or, where the idea is still to be chosen, the draft that it names.
func wantEvidenceDraft(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	if slot := p.Get("draft"); p.Get("idea") == "" && strings.HasPrefix(slot, draftEvidence) && knownSlot(slot) {
		return storage.Want{Draft: slot}, nil
	}
	key, err := p.idea()
	return storage.Want{Idea: key, Draft: draftEvidence + key.String()}, err
}

// wantFormEvidence: the idea that the form was opened for, or the one chosen
// in it, and the form's draft.
func wantFormEvidence(req *Request) (storage.Want, error) {
	m, key, err := req.evidenceIdea()
	return storage.Want{Idea: key, Draft: m.Draft}, err
}

// evidenceIdea is the idea that a form of evidence is about.
func (req *Request) evidenceIdea() (metadata, pipeline.Key, error) {
	m, err := req.metadata()
	if err != nil {
		return metadata{}, pipeline.Key{}, err
	}
	if m.Idea != "" {
		key, err := m.idea()
		return m, key, err
	}
	key, err := pipeline.ParseKey(req.Form.Value(fieldIdea).Text)
	if err != nil {
		return metadata{}, pipeline.Key{}, &pipeline.Problem{
			Code: "idea-missing", What: "Evidence belongs to an idea.",
			Safe:   "Everything you typed is still there.",
			Fields: map[pipeline.Field]string{fieldIdea: "Choose the idea it is about."},
		}
	}
	return m, key, nil
}

// openEvidence opens the form of evidence on one idea, or goes on with what was
// begun from a message.
func openEvidence(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, p.Get("draft"))
	if p.Get("idea") != "" {
		idea, err := req.wanted()
		if err != nil {
			return Reply{}, err
		}
		if err := takesEvidence(idea); err != nil {
			return Reply{}, err
		}
		m.Idea, m.Draft = idea.Key.String(), draftEvidence+idea.Key.String()
	}
	if req.afresh(p) {
		return emptyEvidence(ctx, app, req)
	}
	if draft := req.Loaded.Draft; draft != nil {
		m.Team, m.From, m.Thread = draft.Team, draft.Source.Message, draft.Source.Thread
	}
	typed, notes := req.goingOn(actionEvidence, p, nil)
	return Reply{Open: evidenceForm(m, req.Loaded.Idea, app.begunFrom(m), typed, notes...)}, nil
}

// emptyEvidence empties the form. A message it was begun from stays its source.
func emptyEvidence(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := dropFormDraft(ctx, app, req)
	if err != nil {
		return Reply{}, err
	}
	from := app.begunFrom(m)
	if !from.IsZero() {
		if err := app.beginFrom(ctx, req, m, from, nil); err != nil {
			return Reply{}, err
		}
	}
	return Reply{Update: evidenceForm(m, req.Loaded.Idea, from, nil)}, nil
}

// takesEvidence refuses evidence on what was taken back.
func takesEvidence(idea pipeline.Idea) error {
	if idea.Withdrawn.IsZero() {
		return nil
	}
	return &pipeline.Problem{
		Code: "idea-withdrawn",
		What: fmt.Sprintf("%s was withdrawn, so evidence on it would not be seen.", idea.Key),
		Safe: "Everything in it is kept.",
		Next: "Bring it back first.",
	}
}

// openEvidenceFromMessage opens the form with a message as the evidence. Which
// message it is stays with the form and with its draft. Its words are quoted only where the
// idea's readers could read them in Slack as well: what was said in a private
// channel stays with the team whose channel it is.
func openEvidenceFromMessage(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Message == nil {
		return Reply{}, stale
	}
	m := metadata{Channel: req.Channel, Draft: draftEvidence + req.fresh(), Fresh: req.fresh()}
	home := req.Loaded.Team
	if home == nil {
		teams, err := visibleTeams(ctx, app, req, pipeline.AddEvidence)
		if err != nil {
			return Reply{}, err
		}
		if len(teams) == 0 {
			return Reply{}, noTeams(app)
		}
	}
	private := req.ChannelPrivate || req.Loaded.ChannelPrivate || home != nil && home.Private
	begun := map[pipeline.Field]string{}
	var notes []slack.Block
	switch {
	case private && home == nil:
		notes = []slack.Block{note("This message is in a private conversation, so its words are not copied: others would read them with the idea. Say in your own words what it shows.")}
	case private:
		m.Team = home.Key
		notes = []slack.Block{quotedOnly(home.Name)}
		fallthrough
	default:
		if said := pipeline.CleanText(typed(req.Message.Text)); said != "" {
			begun[pipeline.FieldNote] = pipeline.Cut("“"+said+"”", pipeline.TextLimit)
		}
	}
	m.From, m.Thread = req.Message.Message, req.Message.Thread
	from := app.begunFrom(m)
	if err := app.beginFrom(ctx, req, m, from, nil); err != nil {
		return Reply{}, err
	}
	return Reply{Open: evidenceForm(m, nil, from, begun, notes...)}, nil
}

// addEvidence stores what was typed into the form. Evidence is never edited, so
// a form that was stored although its answer got lost, and is submitted again
// with other words, adds those as one more piece.
func addEvidence(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, key, err := req.evidenceIdea()
	if err != nil {
		return Reply{}, err
	}
	slot, err := m.slot()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Idea == nil {
		return Reply{}, noIdea(key)
	}
	idea := *req.Loaded.Idea
	if err := takesEvidence(idea); err != nil {
		return Reply{}, err
	}
	if m.Team != "" && m.Team != key.Team {
		return Reply{}, &pipeline.Problem{
			Code: "evidence-private", What: "What was said in a private channel stays with its own team.",
			Safe:   "Everything you typed is still there.",
			Fields: map[pipeline.Field]string{fieldIdea: fmt.Sprintf("Choose an idea of %s: its readers can read that message.", m.Team)},
		}
	}
	e, err := typedEvidence(app, req, app.begunFrom(m))
	if err != nil {
		return Reply{}, err
	}
	op := req.tryOf(key, req.Form.typed())
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.GotEvidence, About: evidenceKind(e)}
	stored, err := app.Store.AddEvidence(ctx, op, key, e, slot, event, telling(op, *req.Loaded.Team, idea, event)...)
	if err != nil {
		return Reply{}, err
	}
	told := tell(Mrkdwn("Added to "+key.String()+". Confidence is now "+pipeline.Confident(stored.Tallied()).String()),
		buttons(button(actionEvidenceList, "All evidence", "on "+key.String(), newParams("idea", key.String()))))
	return app.finish(ctx, req, m, told), nil
}

// typedEvidence is what was typed into the form, checked. Where it was begun
// from a message, the link is that message's.
func typedEvidence(app *App, req *Request, from pipeline.Source) (pipeline.Evidence, error) {
	e := pipeline.Evidence{
		Note:     req.Form.Value(pipeline.FieldNote).Text,
		Strength: pipeline.Strength(req.Form.Value(pipeline.FieldStrength).Text),
		Link:     req.Form.Value(pipeline.FieldLink).Text,
		By:       req.Person.ID, At: req.Now,
	}
	switch req.Form.Value(pipeline.FieldAgainst).Text {
	case speaksFor:
	case speaksAgainst:
		e.Against = true
	default: // Slack takes no form in which it is not answered
		return e, stale
	}
	if !from.IsZero() {
		e.Link = from.Permalink
	}
	return pipeline.CheckEvidence(e, app.Slack.URL)
}

// showEvidence shows all evidence on an idea, ten pieces at a time.
func showEvidence(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	page, err := app.Store.Evidence(ctx, idea.Key, p.page(), pageSize)
	if err != nil {
		return Reply{}, err
	}
	view := evidenceList(app, idea, page, metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("page") != "" { // turned in the list itself
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}
