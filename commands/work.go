package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantWork: the idea that a button names, and what was typed into its form
// before.
func wantWork(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Draft: draftWork + key.String()}, err
}

// wantFormWork: the idea that the form was opened for.
func wantFormWork(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return storage.Want{Idea: key}, err
}

// seenWork names, among what a form has shown, size, kind and criteria at once.
const seenWork pipeline.AnswerKey = "work"

// openWork opens the form for kind, size and acceptance criteria.
func openWork(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	shown := workOf(idea)
	if _, err := pipeline.SizeIdea(idea, idea.Work, shown[pipeline.FieldSize], shown[pipeline.FieldCriteria], req.Now); err != nil {
		return Reply{}, err // it was withdrawn
	}
	seen := map[pipeline.AnswerKey]string{seenWork: workDigest(idea)}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Seen = seen
		return Reply{Update: workForm(m, idea, shown)}, err
	}
	m := req.formOver(p, draftWork+idea.Key.String())
	m.Idea, m.Seen, m.Stored = idea.Key.String(), seen, typedDigest(shown)
	shown, notes := req.goingOn(actionWork, p, shown)
	if len(notes) > 0 { // others may have changed it since it was typed
		notes = append(notes, workSaid(idea))
	}
	return Reply{Open: workForm(m, idea, shown, notes...)}, nil
}

// workOf is what an idea says in the fields of the form.
func workOf(idea pipeline.Idea) map[pipeline.Field]string {
	shown := map[pipeline.Field]string{
		pipeline.FieldWork:     string(idea.Work),
		pipeline.FieldCriteria: strings.Join(idea.Criteria, "\n"),
	}
	if idea.Size > 0 {
		shown[pipeline.FieldSize] = strconv.Itoa(idea.Size)
	}
	return shown
}

func workDigest(idea pipeline.Idea) string { return digest(idea.Work, idea.Size, idea.Criteria) }

func sameWork(a, b pipeline.Idea) bool {
	return a.Work == b.Work && a.Size == b.Size && slices.Equal(a.Criteria, b.Criteria)
}

// sizeWork stores kind, size and criteria. When somebody else changed them
// since the form was opened, it stays with what was typed and shows theirs.
func sizeWork(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	var theirs *pipeline.Idea
	idea, err = again(idea, func(now pipeline.Idea) error {
		theirs = nil
		after, err := pipeline.SizeIdea(now, pipeline.Work(typed[pipeline.FieldWork]), typed[pipeline.FieldSize], typed[pipeline.FieldCriteria], req.Now)
		switch {
		case err != nil:
			return err
		case sameWork(now, after):
			return app.Store.DropDraft(ctx, req.Person.ID, slot)
		case workDigest(now) != m.Seen[seenWork]:
			theirs = &now
			return nil
		}
		event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.WasSized, Changes: workChanges(now, after)}
		_, err = app.keep(ctx, req, req.tryOf(typed), slot, after, event, nil)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	if theirs != nil {
		m.Seen = map[pipeline.AnswerKey]string{seenWork: workDigest(*theirs)}
		// Its blocks keep their ids, so Slack keeps what is typed in them.
		return Reply{Update: workForm(m, *theirs, nil, workConflict(*theirs)...)}, nil
	}
	return app.finish(ctx, req, m, tell(Mrkdwn("Saved the size and criteria of "+idea.Key.String()+"."))), nil
}

// workChanges lists what differs, as history keeps it.
func workChanges(before, after pipeline.Idea) []pipeline.Change {
	var changes []pipeline.Change
	was, is := workOf(before), workOf(after)
	for _, field := range []pipeline.Field{pipeline.FieldWork, pipeline.FieldSize, pipeline.FieldCriteria} {
		if was[field] != is[field] {
			changes = append(changes, pipeline.Change{Field: field, From: was[field], To: is[field]})
		}
	}
	return changes
}
