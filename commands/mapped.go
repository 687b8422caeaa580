package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// mapped is how opportunities and impacts, N, which hang below the outcomes of a
// team's tree, are written into forms and stored.
type mapped[N any] struct {
	kind  pipeline.NodeKind
	draft string // kind of draft
	// create and edit are the actions of its buttons.
	create, edit string
	find         func(pipeline.Nodes, pipeline.NodeKey) (N, bool)
	key          func(N) pipeline.NodeKey
	version      func(*N) *int64
	// typed is what its form shows of one, the zero value for a new one.
	typed func(N) map[pipeline.Field]string
	// added and edited apply the rules to what was typed.
	added  func(app *App, req *Request, typed map[pipeline.Field]string) (N, pipeline.Event, error)
	edited func(app *App, req *Request, n N, typed map[pipeline.Field]string) (N, pipeline.Event, error)
	add    func(s *storage.Store, ctx context.Context, op string, n N, draft storage.Slot, event pipeline.Event) (N, error)
	change func(s *storage.Store, ctx context.Context, op string, n N, draft storage.Slot, event pipeline.Event) (N, error)
	// newer gives what a conflict was about as it is now.
	newer func(error) (N, bool)
	form  func(m metadata, s mapScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest
}

// mapScene is what a form below an outcome is drawn from.
type mapScene struct {
	// under is the node that a new one hangs below; "" in the form of one that is
	// there, which offers the nodes of the tree.
	under string
	tree  pipeline.Tree
}

// The words in names of slots that tell what a draft is of.
const (
	slotNew      = "new"      // KEY: one more below that node
	slotEdit     = "edit"     // KEY
	slotEvidence = "evidence" // KEY
)

// wantNew: the tree that a button adds to, and what was typed about it before.
func (k *mapped[N]) wantNew(req *Request) (storage.Want, error) {
	return wantMapped(req, k.draft+slotNew+".")
}

// wantEdit: the tree of the node that a button names, and the draft of its edit.
func (k *mapped[N]) wantEdit(req *Request) (storage.Want, error) {
	return wantMapped(req, k.draft+slotEdit+".")
}

func wantMapped(req *Request, slot string) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	key, err := p.node()
	return storage.Want{Team: key.Team, Nodes: true, Draft: slot + key.String()}, err
}

// wantFormNode: the tree of the node that the form was opened for.
func wantFormNode(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err != nil {
		return storage.Want{}, err
	}
	key, err := m.node()
	return storage.Want{Team: key.Team, Nodes: true, Draft: m.Draft}, err
}

// nodes of the team's tree that was loaded; without that team the key leads
// nowhere.
func (req *Request) nodes(key pipeline.NodeKey) (pipeline.Nodes, error) {
	if req.Loaded.Team == nil {
		return pipeline.Nodes{}, noNode(key)
	}
	return req.Loaded.Nodes, nil
}

// openNew opens the form of one more below a node.
func (k *mapped[N]) openNew(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	key, err := p.node()
	if err != nil {
		return Reply{}, err
	}
	s, err := k.scene(req, key, true)
	if err != nil {
		return Reply{}, err
	}
	var none N
	blank := k.typed(none)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: k.form(m, s, blank)}, err
	}
	m := req.formOver(p, k.draft+slotNew+"."+key.String())
	m.Node = key.String()
	typed, notes := req.goingOn(k.create, newParams("node", key.String()), blank)
	return Reply{Open: k.form(m, s, typed, notes...)}, nil
}

// openEdit opens the form of one that is there.
func (k *mapped[N]) openEdit(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	key, err := p.node()
	if err != nil {
		return Reply{}, err
	}
	n, s, err := k.wanted(req, key)
	if err != nil {
		return Reply{}, err
	}
	stored := k.typed(n)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Version = *k.version(&n)
		return Reply{Update: k.form(m, s, stored)}, err
	}
	m := req.formOver(p, k.draft+slotEdit+"."+key.String())
	m.Node, m.Version, m.Stored = key.String(), *k.version(&n), typedDigest(stored)
	typed, notes := req.goingOn(k.edit, newParams("node", key.String()), stored)
	if sameTyped(typed, stored) {
		notes = nil
	}
	return Reply{Open: k.form(m, s, typed, notes...)}, nil
}

// scene is what the form of one more below the node, or of one that is there, is
// drawn from.
func (k *mapped[N]) scene(req *Request, key pipeline.NodeKey, isNew bool) (mapScene, error) {
	nodes, err := req.nodes(key)
	if err != nil {
		return mapScene{}, err
	}
	if !isNew {
		return mapScene{tree: pipeline.NewTree(pipeline.TreeFacts{Team: key.Team, Nodes: nodes}, req.Now)}, nil
	}
	under, known := nodes.Node(key)
	if !known {
		return mapScene{}, noNode(key)
	}
	return mapScene{under: key.String() + "  " + under.Statement}, nil
}

// wanted is the one of the key, with what its form is drawn from.
func (k *mapped[N]) wanted(req *Request, key pipeline.NodeKey) (N, mapScene, error) {
	var none N
	nodes, err := req.nodes(key)
	if err != nil {
		return none, mapScene{}, err
	}
	n, known := k.find(nodes, key)
	if !known {
		return none, mapScene{}, noNode(key)
	}
	s, err := k.scene(req, key, false)
	return n, s, err
}

// save stores what was typed into the form.
func (k *mapped[N]) save(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	key, err := m.node()
	if err != nil {
		return Reply{}, err
	}
	if m.Version > 0 {
		return k.saveEdit(ctx, app, req, m, slot, key)
	}
	if _, err := k.scene(req, key, true); err != nil {
		return Reply{}, err
	}
	typed := k.typedIn(req, key)
	n, event, err := k.added(app, req, typed)
	if err != nil {
		return Reply{}, err
	}
	stored, err := k.add(app.Store, ctx, req.Op, n, slot, event)
	if err == nil && !sameTyped(k.typed(stored), k.typed(n)) {
		stored, err = k.mend(ctx, app, req, slot, stored, typed)
	}
	if err != nil {
		return Reply{}, noRoom(err)
	}
	return app.finish(ctx, req, m, k.told("Added", stored)), nil
}

// typedIn is what was typed into the form; one more hangs below the node that the
// form was opened for.
func (k *mapped[N]) typedIn(req *Request, under pipeline.NodeKey) map[pipeline.Field]string {
	typed := req.Form.typed()
	parent := pipeline.FieldParent
	if k.kind == pipeline.ImpactNode {
		parent = pipeline.FieldGoal
	}
	typed[parent] = under.String()
	return typed
}

// saveEdit stores an edit. When somebody else changed it meanwhile, the form stays
// with what was typed and shows theirs.
func (k *mapped[N]) saveEdit(ctx context.Context, app *App, req *Request, m metadata, slot storage.Slot, key pipeline.NodeKey) (Reply, error) {
	n, s, err := k.wanted(req, key)
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	edited, event, err := k.edited(app, req, n, typed)
	if err != nil {
		return Reply{}, err
	}
	if event.What == "" { // it says so already
		if err := app.Store.DropDraft(ctx, req.Person.ID, slot); err != nil {
			return Reply{}, err
		}
		return app.finish(ctx, req, m, k.told("Saved", n)), nil
	}
	*k.version(&edited) = m.Version
	stored, err := k.change(app.Store, ctx, req.Op, edited, slot, event)
	if now, conflict := k.newer(err); conflict {
		m.Version = *k.version(&now)
		return Reply{Update: k.form(m, s, typed, mappedConflict(k.kind, k.typed(now))...)}, nil
	}
	if err == nil && !sameTyped(k.typed(stored), k.typed(edited)) {
		stored, err = k.mend(ctx, app, req, slot, stored, typed)
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, k.told("Saved", stored)), nil
}

// mend stores the words of a form of which an earlier try was stored although its
// answer got lost: they are one more edit.
func (k *mapped[N]) mend(ctx context.Context, app *App, req *Request, slot storage.Slot, stored N, typed map[pipeline.Field]string) (N, error) {
	op := "again:" + req.tryOf(typed)
	for range busyTries {
		edited, event, err := k.edited(app, req, stored, typed)
		if err != nil || event.What == "" {
			return stored, err
		}
		edited, err = k.change(app.Store, ctx, op, edited, slot, event)
		now, conflict := k.newer(err)
		if !conflict {
			return edited, err
		}
		stored = now
	}
	return stored, &pipeline.Problem{
		Code: "node-busy",
		What: fmt.Sprintf("Several people are changing %s at this moment.", k.key(stored)),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// told says what was done, with a button to all about it.
func (k *mapped[N]) told(done string, n N) Reply {
	key := k.key(n)
	return tell(Mrkdwn(done+" "+key.String()+"."), buttons(nodeButton(key, "")))
}

// mappedConflict shows what one says now, to somebody whose own words are in the
// form below.
func mappedConflict(kind pipeline.NodeKind, now map[pipeline.Field]string) []slack.Block {
	theirs := []slack.RichTextElement{line(bold("What it says now"))}
	for _, field := range mappedFields {
		if words := now[field]; words != "" {
			theirs = append(theirs, line(text(capital(fieldName(field))+": "+words)))
		}
	}
	return []slack.Block{
		say("*Somebody changed this " + Mrkdwn(kind.Noun()) + " while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		rich(theirs...),
	}
}

// mappedFields are those of both kinds, in the order of their forms.
var mappedFields = []pipeline.Field{
	pipeline.FieldStatement, pipeline.FieldKind, pipeline.FieldParent, pipeline.FieldHorizon, pipeline.FieldFrequency, pipeline.FieldReach, pipeline.FieldSeverity,
	pipeline.FieldGoal, pipeline.FieldActor, pipeline.FieldFrom, pipeline.FieldTo, pipeline.FieldMeasure, pipeline.FieldThreshold,
}

// noRoom words that a tree, or an opportunity, has as much as it can.
func noRoom(err error) error {
	var full *storage.LimitError
	if !errors.As(err, &full) {
		return err
	}
	return &pipeline.Problem{
		Code: "tree-full",
		What: fmt.Sprintf("%s has %d %s, which is the most there can be.", full.Of, full.Most, full.What),
		Safe: "They are all kept, and nothing was added.",
		Next: "Use or edit one that says nearly the same.",
	}
}

// mappedDraft reads a draft of new.KEY, edit.KEY or evidence.KEY.
func mappedDraft(kind pipeline.NodeKind, create, edit string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		key, err := pipeline.ParseNodeKey(part(rest, 1))
		if err != nil {
			return kept{}, false
		}
		about, action := "", ""
		switch part(rest, 0) {
		case slotNew:
			about, action = "An "+kind.Noun()+" under "+key.String()+" that was not added", create
		case slotEdit:
			about, action = "An edit of "+key.String()+" that was not saved", edit
		case slotEvidence:
			about, action = "Evidence on "+key.String()+" that was not added", actionSupport
		}
		onward := button(action, "Continue", "with "+key.String(), newParams("node", key.String()))
		return kept{about: about, team: key.Team, onward: onward}, action != ""
	}
}
