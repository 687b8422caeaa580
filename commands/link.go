package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// fieldOutcome is the menu of what an idea can be linked to; the value of an
// option is the key of a node of the team's tree.
const fieldOutcome pipeline.Field = "outcome"

// wantLink: the idea that a button names, its team's tree, and what was typed for
// its link before.
func wantLink(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return linkWant(key), err
}

// wantTypedLink: the same for the idea whose key stands behind the command.
func wantTypedLink(req *Request) (storage.Want, error) {
	want, err := wantTypedIdea(req)
	link := linkWant(want.Idea)
	link.Channel = want.Channel
	return link, err
}

// wantFormLink: the idea that the form was opened for and its team's tree.
func wantFormLink(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return storage.Want{Idea: key, Nodes: true}, err
}

func linkWant(key pipeline.Key) storage.Want {
	return storage.Want{Idea: key, Nodes: true, Draft: draftOutcome + key.String()}
}

// linkScene is what linking an idea is drawn from.
type linkScene struct {
	idea      pipeline.Idea
	nodes     pipeline.Nodes
	suggested []suggested
}

func (app *App) linkScene(ctx context.Context, req *Request, idea pipeline.Idea) linkScene {
	return linkScene{idea, req.Loaded.Nodes, app.suggest(ctx, *req.Loaded.Team, idea)}
}

// openLink opens the form that links an idea to what it is for.
func openLink(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	if err := pipeline.CanLink(idea, pipeline.NodeKey{Team: idea.Key.Team}); err != nil {
		return Reply{}, err // there is no room for one more, or it was withdrawn
	}
	scene := app.linkScene(ctx, req, idea)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: linkForm(m, scene, nil)}, err
	}
	m := req.formOver(p, draftOutcome+idea.Key.String())
	m.Idea = idea.Key.String()
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionOutcome, newParams("idea", m.Idea), nil)
	return Reply{Open: linkForm(m, scene, typed, notes...)}, nil
}

// findNodes answers the menu of a team's tree, where that is too big to list:
// what has the words, or what is suggested and then the newest.
func findNodes(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	scene := linkScene{idea: idea, nodes: req.Loaded.Nodes}
	words := pipeline.CleanLine(typed(req.Words))
	if words == "" {
		scene = app.linkScene(ctx, req, idea)
	}
	return Reply{Options: append([]*slack.OptionBlockObject{option(newOutcome, "A new one, written below")}, scene.found(words)...)}, nil
}

// linkIdea links what was chosen in the form, or a new outcome written there.
func linkIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	chosen, statement := req.Form.Value(fieldOutcome).Text, req.Form.Value(pipeline.FieldStatement).Text
	if chosen == newOutcome {
		chosen = ""
	}
	node, written, err := app.nodeMeant(req, idea, chosen, statement)
	if err != nil {
		return Reply{}, err
	}
	var earlier pipeline.Node
	switch linked := !req.Loaded.First && slices.Contains(idea.Outcomes, node.Key); { // by an earlier try whose answer got lost
	case linked:
	case written.Statement == "":
		_, err = app.link(ctx, req, req.tryOf(chosen, statement), slot, idea, node)
	default:
		// Whatever its words, the first try has one name: where it was stored although
		// its answer got lost, and the words were mended, these are one more.
		if node, err = app.addAndLink(ctx, req, "new:"+req.Op, slot, idea, written); err == nil && node.Statement != written.Statement {
			earlier = node
			node, err = app.addAndLink(ctx, req, "again:"+req.tryOf(statement), slot, idea, written)
		}
	}
	if err != nil {
		return Reply{}, err
	}
	words := linkedWords(idea, node)
	reply := app.finish(ctx, req, m, tell(words))
	if earlier.Statement != "" {
		reply.Tell = tell(words+". Your first try was stored too, as "+Mrkdwn(earlier.Key.String())+": "+escape(earlier.Statement),
			buttons(unlinkButton(idea.Key, earlier.Key, ""))).Tell
	}
	return reply, nil
}

// linkedWords tell that an idea is linked now.
func linkedWords(idea pipeline.Idea, node pipeline.Node) Mrkdwn {
	return Mrkdwn(idea.Key.String()+" is linked to "+node.Key.String()+": ") + escape(node.Statement)
}

// nodeMeant is the node chosen, or the outcome in the words written, which has
// the number 0 while it is new. Words that an open outcome has already mean
// that one.
func (app *App) nodeMeant(req *Request, idea pipeline.Idea, chosen, statement string) (pipeline.Node, pipeline.Outcome, error) {
	wrong := func(field pipeline.Field, words string) (pipeline.Node, pipeline.Outcome, error) {
		return pipeline.Node{}, pipeline.Outcome{}, &pipeline.Problem{
			Code: "link-form", What: "One link is made at a time.", Safe: "Nothing was changed.",
			Fields: map[pipeline.Field]string{field: words},
		}
	}
	written := pipeline.HasVisible(statement)
	switch {
	case chosen == "" && !written:
		return wrong(pipeline.FieldStatement, "Choose what it is for above, or write a new outcome here.")
	case chosen != "" && written:
		return wrong(pipeline.FieldStatement, "You chose something above and wrote an outcome here. Empty this, or choose “A new one” above.")
	case written:
		o, err := pipeline.NewOutcome(idea.Key.Team, statement, req.Person.ID, req.Now)
		for _, known := range req.Loaded.Nodes.Outcomes {
			if err == nil && known.IsOpen() && strings.EqualFold(known.Statement, o.Statement) {
				node, _ := req.Loaded.Nodes.Node(known.Key)
				return node, pipeline.Outcome{}, nil
			}
		}
		return pipeline.Node{}, o, err
	}
	key, err := pipeline.ParseNodeKey(chosen)
	if err != nil {
		return pipeline.Node{}, pipeline.Outcome{}, stale
	}
	node, known := req.Loaded.Nodes.Node(key)
	if !known {
		return wrong(fieldOutcome, "This is not in the team's tree. Choose another.")
	}
	return node, pipeline.Outcome{}, nil
}

// link ties the idea to the node. It does not depend on the idea's words, so a
// change that came between is no reason to ask.
func (app *App) link(ctx context.Context, req *Request, op string, slot storage.Slot, idea pipeline.Idea, node pipeline.Node) (pipeline.Idea, error) {
	var linked pipeline.Idea
	_, err := again(idea, func(idea pipeline.Idea) error {
		after, event, err := pipeline.Link(idea, node, req.Person.ID, req.Now)
		if err == nil {
			linked, err = app.keep(ctx, req, op, slot, after, event, nil)
		}
		return err
	})
	return linked, closedMeanwhile(err, idea, node)
}

// closedMeanwhile lets the rule say why an idea is not linked where the outcome
// that the node belongs to was closed after it was read.
func closedMeanwhile(err error, idea pipeline.Idea, node pipeline.Node) error {
	var closed *storage.OutcomeClosedError
	if !errors.As(err, &closed) {
		return err
	}
	node.Outcome, node.Closed = closed.Current.Key, true
	_, _, err = pipeline.Link(idea, node, "", closed.Current.Closed)
	return err
}

// addAndLink is link for an outcome that is stored with it.
func (app *App) addAndLink(ctx context.Context, req *Request, op string, slot storage.Slot, idea pipeline.Idea, o pipeline.Outcome) (pipeline.Node, error) {
	_, err := again(idea, func(idea pipeline.Idea) error {
		after, event, err := pipeline.Link(idea, pipeline.Node{Key: o.Key}, req.Person.ID, req.Now)
		if err != nil {
			return err
		}
		event.About = "#" // its key, once it has one
		stored, _, err := app.Store.AddAndLink(ctx, op, o, after, slot, event, telling(op, *req.Loaded.Team, after, event)...)
		if err == nil {
			o = stored
		}
		return err
	})
	return pipeline.Node{Key: o.Key, Statement: o.Statement, Outcome: o.Key}, noRoom(err)
}

// makePrimary puts the link that a button names first.
func makePrimary(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	key, err := pipeline.ParseNodeKey(p.Get("outcome"))
	if err != nil {
		return Reply{}, stale
	}
	if req.Loaded.First || len(idea.Outcomes) == 0 || idea.Outcomes[0] != key { // else an earlier delivery did it
		_, err = again(idea, func(idea pipeline.Idea) error {
			after, event, err := pipeline.MakePrimary(idea, key, req.Person.ID, req.Now)
			if err == nil {
				_, err = app.keep(ctx, req, req.Op, storage.Slot{}, after, event, nil)
			}
			return err
		})
		if err != nil {
			return Reply{}, err
		}
	}
	return app.answer(ctx, req, p, tell(Mrkdwn(key.String()+" is the primary link of "+idea.Key.String()+" now. Its card shows it."))), nil
}
