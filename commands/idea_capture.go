package commands

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantNothing: what the entry does needs nothing loaded.
func wantNothing(*Request) (storage.Want, error) { return storage.Want{}, nil }

// wantDraft: the team of the channel, and the idea that was begun before.
func wantDraft(req *Request) (storage.Want, error) {
	return storage.Want{Channel: req.Channel, Draft: draftIdea}, nil
}

// wantNewForm: the team and draft that a button or menu names.
func wantNewForm(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	want := storage.Want{Channel: req.Channel, Draft: p.Get("draft")}
	if want.Team, err = p.team(); err != nil {
		return storage.Want{}, err
	}
	if want.Draft == "" {
		want.Draft = draftIdea
	}
	return want, nil
}

// wantFormTeam: the team chosen in the form, or the one it was opened for, and
// the form's draft.
func wantFormTeam(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err != nil {
		return storage.Want{}, err
	}
	if chosen := req.Form.Value(pipeline.FieldTeam).Text; chosen != "" {
		p, err := decodeParams(chosen)
		if err != nil {
			return storage.Want{}, err
		}
		if m.Team, err = p.team(); err != nil {
			return storage.Want{}, err
		}
	}
	if m.Team == "" {
		return storage.Want{}, &pipeline.Problem{
			Code: "team-missing", What: "An idea belongs to a team.",
			Fields: map[pipeline.Field]string{pipeline.FieldTeam: "Choose the team it is for."},
		}
	}
	return storage.Want{Team: m.Team, Draft: m.Draft, Nodes: req.Form.Value(fieldOutcome).Text != ""}, nil
}

// openIdeaForm answers /idea, with or without a title, and the global shortcut.
func openIdeaForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	return startForm(ctx, app, req, draftOf(typed(req.Words)), nil)
}

// openFormFromMessage makes an idea of a message: its beginning starts the
// title, and what it says is the first evidence. What the field cannot hold
// stays in the message, whose link is kept.
func openFormFromMessage(ctx context.Context, app *App, req *Request) (Reply, error) {
	said := pipeline.CleanText(typed(req.Message.Text))
	d := pipeline.Draft{Title: draftOf(said).Title}
	if said != "" {
		d.Evidence = pipeline.Cut("“"+said+"”", pipeline.TextLimit)
	}
	return startForm(ctx, app, req, d, req.Message)
}

// openFormFromButton opens the form for the team chosen and the draft named.
func openFormFromButton(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	slot := p.Get("draft")
	if slot == "" {
		slot = draftIdea
	}
	if !knownSlot(slot) {
		return Reply{}, stale
	}
	return openForm(ctx, app, req, slot, draftOf(p.Get("title")), pipeline.Source{})
}

// startForm opens the form with what was typed or pointed at. A draft of
// earlier stays in its own slot.
func startForm(ctx context.Context, app *App, req *Request, d pipeline.Draft, from *Message) (Reply, error) {
	if pipeline.Length(d.Problem) > pipeline.TextLimit {
		return keepLongText(ctx, app, req, d)
	}
	if req.Loaded.Team == nil && req.On == Slash {
		return offerTeams(ctx, app, req, d)
	}
	slot := draftIdea
	if from != nil || !d.IsZero() && req.Loaded.Draft != nil {
		slot, req.Loaded.Draft = draftIdea+"."+req.fresh(), nil
	}
	var source pipeline.Source
	if from != nil {
		source = app.source(from.Message, from.Thread)
	}
	return openForm(ctx, app, req, slot, d, source)
}

// openForm draws the form. d is what it starts with; where it is empty, the
// loaded draft. A message it is begun from is kept with the draft, on our side,
// because what a form carries is only a claim.
func openForm(ctx context.Context, app *App, req *Request, slot string, d pipeline.Draft, from pipeline.Source) (Reply, error) {
	m := metadata{Channel: req.Channel, Draft: slot, Fresh: req.fresh(), Home: req.Channel == "" && req.On == Button}
	var notes []slack.Block
	chosen := ""
	if draft := req.Loaded.Draft; draft != nil {
		if from.IsZero() {
			from = draft.Source
		}
		if d.IsZero() && len(draft.Typed) > 0 {
			d, chosen = pipeline.DraftOf(draft.Typed), draft.Typed[fieldOutcome]
			notes = restored(actionAfresh, slot, draft.Saved)
		}
		if slot == draftLong {
			notes = cutNote(d, slot)
			m.Draft = draftIdea
		}
	}
	var teams []pipeline.Team
	if req.Loaded.Team != nil {
		m.Team = req.Loaded.Team.Key
	} else {
		var err error
		if teams, err = visibleTeams(ctx, app, req, pipeline.SubmitIdea); err != nil {
			return Reply{}, err
		}
		if len(teams) == 0 {
			return Reply{}, noTeams(app)
		}
	}
	if !from.IsZero() {
		var typed map[pipeline.Field]string
		if len(notes) > 0 {
			typed = d.Typed()
		}
		if err := app.beginFrom(ctx, req, m, from, typed); err != nil {
			return Reply{}, err
		}
	}
	if req.Loaded.Team != nil {
		teams = []pipeline.Team{*req.Loaded.Team}
	}
	picker := app.outcomePicker(req, m.Fresh, chosen, teams...)
	return Reply{Open: ideaForm(m, d, from, req.Loaded.Team, teams, picker, notes...)}, nil
}

// fresh is a word that no other act has: for slots, and for block ids.
func (req *Request) fresh() string {
	h := fnv.New64a()
	h.Write([]byte(req.Op))
	if req.Op == "" {
		return freshID(req.Now)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

func noTeams(app *App) error {
	return &pipeline.Problem{
		Code: "no-teams",
		What: "There is no team here that you can see, so an idea would have no home.",
		Next: fmt.Sprintf("Type %s in the channel of the team.", app.command("/align setup")),
	}
}

// draftOf spreads one text over the form: a short one is the title; a long one
// is the problem, and its beginning the title.
func draftOf(s string) pipeline.Draft {
	whole := pipeline.CleanText(s)
	if pipeline.Length(whole) <= pipeline.TitleLimit && !strings.Contains(whole, "\n") {
		return pipeline.Draft{Title: whole}
	}
	beginning, _, _ := strings.Cut(whole, "\n")
	return pipeline.Draft{Title: pipeline.Cut(pipeline.CleanLine(beginning), pipeline.TitleLimit), Problem: whole}
}

// addIdea captures at once what was typed after /idea add: in one round trip where the
// team of the channel was read lately and nothing is to be refused.
func addIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	d, here := draftOf(typed(req.Words)), req.here(Slash)
	if team, known := app.Store.TeamHere(here.Channel); known && pipeline.Length(d.Problem) <= pipeline.TextLimit {
		req.Loaded = storage.Loaded{Team: &team, InChannel: true}
		if idea, err := pipeline.Capture(d, team.Key, req.Person.ID, pipeline.Source{}, req.Now); err == nil && app.may(req)(pipeline.SubmitIdea) {
			stored, first, err := app.Store.CaptureHere(ctx, req.Op, here, team, idea, announced(team, pipeline.Source{})...)
			if err == nil {
				req.Loaded.First = first
				app.Suggester.ask(stored)
				return app.added(req, stored), nil
			}
			if !errors.Is(err, storage.ErrTeamChanged) && !errors.Is(err, storage.ErrNotFound) {
				return Reply{}, err
			}
		}
	}
	return app.handle(ctx, Entry{On: Slash, May: pipeline.SubmitIdea, Do: addLoaded}, req)
}

// addLoaded is the same with what is stored now.
func addLoaded(ctx context.Context, app *App, req *Request) (Reply, error) {
	d := draftOf(typed(req.Words))
	if !pipeline.HasVisible(d.Title) {
		return Reply{}, &pipeline.Problem{
			Code: "title-missing",
			What: "There was no text to capture.",
			Next: fmt.Sprintf("Type it behind the command, like “%s Export invoices as PDF”, or type %s alone for the form.", app.command("/idea add"), app.command("/idea")),
		}
	}
	if pipeline.Length(d.Problem) > pipeline.TextLimit {
		return keepLongText(ctx, app, req, d)
	}
	if req.Loaded.Team == nil {
		return offerTeams(ctx, app, req, d)
	}
	idea, err := capture(ctx, app, req, d, pipeline.Node{}, pipeline.Source{}, storage.Slot{})
	if err != nil {
		return Reply{}, err
	}
	return app.added(req, idea), nil
}

// added answers who captured an idea with one line.
func (app *App) added(req *Request, idea pipeline.Idea) Reply {
	return Reply{Tell: captured(idea, *req.Loaded.Team), Extra: app.capturedExtra(req, idea)}
}

// announced is what is posted of a new idea: its card, and a word where it came from.
func announced(team pipeline.Team, source pipeline.Source) []storage.Outgoing {
	posts := []storage.Outgoing{{ID: "card:#", Kind: drawCard, Subject: "#", Channel: team.Channel}}
	if pipeline.ToldAtSource(team, source) && !isDirect(source.Channel) {
		posts = append(posts, storage.Outgoing{ID: "from:#", Kind: drawFrom, Subject: "#", Channel: source.Channel, Thread: source.Thread})
	}
	return posts
}

// captureIdea stores what was typed into the form.
func captureIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, &pipeline.Problem{
			Code: "team-gone",
			What: "That team is no longer here.",
			Safe: "What you typed is kept for a day.",
			Next: fmt.Sprintf("Close this form and type %s to capture it for another team.", app.command("/idea")),
		}
	}
	slot, err := m.slot()
	if err != nil {
		return Reply{}, err
	}
	var source pipeline.Source
	if req.Loaded.Draft != nil {
		source = req.Loaded.Draft.Source
	}
	link, err := app.chosenLink(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	idea, err := capture(ctx, app, req, pipeline.DraftOf(req.Form.typed()), link, source, slot)
	if err != nil {
		return Reply{}, err
	}
	return Reply{
		After: func(ctx context.Context) Reply {
			return app.finish(ctx, req, m, Reply{Tell: captured(idea, *req.Loaded.Team)})
		},
		Extra: app.capturedExtra(req, idea),
	}, nil
}

// capture checks and stores an idea, once for each op: a form that was stored
// and is submitted again with other words becomes an edit of that idea.
// link is what it is for; the zero node for nothing yet.
func capture(ctx context.Context, app *App, req *Request, d pipeline.Draft, link pipeline.Node, source pipeline.Source, draft storage.Slot) (pipeline.Idea, error) {
	team := req.Loaded.Team
	idea, err := pipeline.Capture(d, team.Key, req.Person.ID, source, req.Now)
	if err == nil && !link.Key.IsZero() {
		idea, _, err = pipeline.Link(idea, link, req.Person.ID, req.Now)
	}
	if err != nil {
		return pipeline.Idea{}, err
	}
	stored, err := app.Store.Capture(ctx, req.Op, idea, draft, announced(*team, source)...)
	var closed *storage.OutcomeClosedError
	if errors.As(err, &closed) { // after it was read
		link.Outcome, link.Closed = closed.Current.Key, true
		err = mayBeginWith(link, team.Key, req.Now)
	}
	if err != nil {
		return pipeline.Idea{}, err
	}
	if edited, err := pipeline.Edit(stored, d, req.Now); !req.Loaded.First && err == nil && edited.Draft() != stored.Draft() && stored.Version == 1 {
		stored, err = app.keepEdit(ctx, req, "again:"+req.Op, draft, stored, edited)
		if err != nil {
			return stored, err
		}
	}
	if !req.Loaded.First && !link.Key.IsZero() && !slices.Contains(stored.Outcomes, link.Key) {
		return app.link(ctx, req, "link:"+req.Op, draft, stored, link)
	}
	app.Suggester.ask(stored)
	return stored, nil
}

// offerFromReaction offers the form privately for the message reacted to. The
// message itself is not read.
func offerFromReaction(ctx context.Context, app *App, req *Request) (Reply, error) {
	slot := storage.Slot{Name: draftIdea + "." + req.fresh()}
	begun := storage.Draft{Source: app.source(req.Message.Message, req.Message.Thread), Saved: req.at()}
	if err := app.Store.SaveDraft(ctx, req.Person.ID, slot, begun); err != nil {
		return Reply{}, err
	}
	return Reply{}, app.Store.Enqueue(ctx, storage.Outgoing{
		ID: "offer:" + req.Op, Kind: drawOffer, Channel: req.Message.Channel, User: req.Person.ID,
		Args: map[string]string{"draft": slot.Name},
	})
}
