package commands

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantUnlink: the idea and the link that a button names, the tree they hang in,
// and what was typed about it before.
func wantUnlink(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Nodes: true, Draft: unlinkSlot(key, p.Get("outcome"))}, err
}

// wantFormUnlink: the same for the form.
func wantFormUnlink(req *Request) (storage.Want, error) {
	m, key, err := req.formIdea()
	return storage.Want{Idea: key, Draft: m.Draft}, err
}

func unlinkSlot(idea pipeline.Key, node string) string {
	return draftUnlink + idea.String() + "." + node
}

// openUnlink opens the form that takes the link away that a button names.
func openUnlink(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	key, err := pipeline.ParseNodeKey(p.Get("outcome"))
	if err != nil {
		return Reply{}, stale
	}
	if err := pipeline.CanUnlink(idea, key); err != nil {
		return Reply{}, err
	}
	node, _ := req.Loaded.Nodes.Node(key)
	node.Key = key
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: unlinkForm(m, idea, node, nil)}, err
	}
	m := req.formOver(p, unlinkSlot(idea.Key, key.String()))
	m.Idea, m.Node = idea.Key.String(), key.String()
	typed, notes := req.goingOn(actionUnlink, newParams("idea", m.Idea, "outcome", m.Node), nil)
	return Reply{Open: unlinkForm(m, idea, node, typed, notes...)}, nil
}

// unlinkForm draws that form.
func unlinkForm(m metadata, idea pipeline.Idea, node pipeline.Node, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	said := "The idea stays, and so does the " + node.Key.Kind.Noun() + "."
	if len(idea.Outcomes) == 1 {
		said += " Without another link nobody can say what the idea is for."
	} else if idea.Outcomes[0] == node.Key {
		said += " Its primary link is " + idea.Outcomes[1].String() + " then."
	}
	blocks := append(notes,
		rich(line(ideaTitle(idea)), line(text("is linked to "), bold(node.Key.String()), text("  "+node.Statement))),
		note(Mrkdwn(said)),
		textInput(pipeline.FieldWhy, m.Fresh, "Why does it no longer serve it?", "One line. It is kept with the idea.", "", typed[pipeline.FieldWhy], pipeline.ReasonLimit, false))
	return form(formUnlink, pipeline.Cut("Unlink "+node.Key.String(), 24), "Unlink", m, blocks...)
}

// unlinkIdea takes the link away that the form was opened for.
func unlinkIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	key, err := m.node()
	if err != nil {
		return Reply{}, err
	}
	why := req.Form.Value(pipeline.FieldWhy).Text
	if req.Loaded.First || slices.Contains(idea.Outcomes, key) { // else an earlier try did it, whose answer got lost
		_, err = again(idea, func(idea pipeline.Idea) error {
			after, event, err := pipeline.Unlink(idea, key, why, req.Person.ID, req.Now)
			if err == nil {
				_, err = app.keep(ctx, req, req.tryOf(why), slot, after, event, nil)
			}
			return err
		})
		if err != nil {
			return Reply{}, err
		}
	}
	told := tell(Mrkdwn(idea.Key.String() + " is no longer linked to " + key.String() + ". The " + key.Kind.Noun() + " itself is kept."))
	return app.finish(ctx, req, m, told), nil
}

// unlinkButton takes a link away.
func unlinkButton(idea pipeline.Key, linked pipeline.NodeKey, in string) *slack.ButtonBlockElement {
	value := newParams("idea", idea.String(), "in", in, "outcome", linked.String())
	return button(actionUnlink+":"+linked.String(), "Unlink…", linked.String(), value)
}
