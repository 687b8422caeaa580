package commands

import (
	"fmt"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What a request is about: the outcome that its words, its button or its form
// names.

const (
	// checkInsShown is how many check-ins the views of an outcome tell of.
	checkInsShown = 10
	// checkInsRead is how many are read for them: a picture shows more.
	checkInsRead = 60
	// nodeEventsShown is how many of its events they end with.
	nodeEventsShown = 5
)

// outcomeWant is what the views and forms of an outcome are drawn from.
func outcomeWant(key pipeline.NodeKey) storage.Want {
	return storage.Want{Node: key, Nodes: true, CheckIns: checkInsRead, NodeHistory: nodeEventsShown}
}

// wantTypedOutcome: the outcome whose key stands behind the command.
func wantTypedOutcome(req *Request) (storage.Want, error) {
	words := pipeline.CleanLine(typed(req.Words))
	if !pipeline.HasVisible(words) {
		return storage.Want{}, &pipeline.Problem{
			Code: "key-missing",
			What: "Which outcome? Put its key behind the command, like O3.",
			Next: "Type /outcome to see the keys of your team's outcomes.",
		}
	}
	key, err := pipeline.ParseTypedNode(words)
	if err == nil && key.Kind != pipeline.OutcomeNode {
		err = &pipeline.Problem{
			Code: "node-no-outcome",
			What: fmt.Sprintf("“%s” names an %s, and this is done to outcomes.", pipeline.Cut(words, 40), key.Kind.Noun()),
			Next: "Type /outcome tree to see what hangs where.",
		}
	}
	if err != nil {
		return storage.Want{}, err
	}
	want := outcomeWant(key)
	want.Channel = req.Channel // whose team is meant by O3 alone
	return want, nil
}

// namesOutcome: the key of an outcome, and nothing else.
func namesOutcome(text string) bool {
	key, err := pipeline.ParseTypedNode(text)
	return err == nil && key.Kind == pipeline.OutcomeNode
}

// namesBelow: the key of what hangs under one, and nothing else.
func namesBelow(text string) bool {
	key, err := pipeline.ParseTypedNode(text)
	return err == nil && key.Kind != pipeline.OutcomeNode
}

// wantButtonOutcome: the outcome that a button names, with the draft of the form
// that it opens, kept under that kind.
func wantButtonOutcome(draft string) func(req *Request) (storage.Want, error) {
	return func(req *Request) (storage.Want, error) {
		p, err := decodeParams(req.Value)
		if err != nil {
			return storage.Want{}, err
		}
		key, err := p.node()
		want := outcomeWant(key)
		if draft != "" {
			want.Draft = nodeSlot(draft, key, p.number("corrects"))
		}
		return want, err
	}
}

// wantFormOutcomeOf: the outcome that the form was opened for.
func wantFormOutcomeOf(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err != nil {
		return storage.Want{}, err
	}
	key, err := m.node()
	want := outcomeWant(key)
	want.Draft = m.Draft
	return want, err
}

// nodeSlot names the draft of a form about a node; checkIn is the number of the
// check-in that it corrects, 0 for none.
func nodeSlot(draft string, key pipeline.NodeKey, checkIn int) string {
	if checkIn == 0 {
		return draft + key.String()
	}
	return fmt.Sprintf("%s%s.%d", draft, key, checkIn)
}

// nodeMeant is the node that the request names, the zero key where it names none.
func (req *Request) nodeMeant() pipeline.NodeKey {
	switch {
	case req.Form != nil && (req.On == Submit || req.On == Close || req.On == Suggest):
		m, _ := req.metadata()
		key, _ := m.node()
		return key
	case req.Value != "":
		p, _ := decodeParams(req.Value)
		if key, err := p.node(); err == nil {
			return key
		}
	case req.On == Slash:
		key, _ := pipeline.ParseTypedNode(typed(req.Words))
		if key.Team == "" && !key.IsZero() && req.Loaded.Team != nil {
			key.Team = req.Loaded.Team.Key
		}
		return key
	}
	return pipeline.NodeKey{}
}

// wantedOutcome is the outcome that was asked for, or the answer that there is
// none.
func (req *Request) wantedOutcome() (pipeline.Outcome, error) {
	if req.Loaded.Node == nil || req.Loaded.Node.Outcome == nil || req.Loaded.Team == nil {
		return pipeline.Outcome{}, noNode(req.nodeMeant())
	}
	return *req.Loaded.Node.Outcome, nil
}

// clickedOutcome is what the button carries that was used, and the outcome that
// was asked for.
func (req *Request) clickedOutcome() (params, pipeline.Outcome, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, pipeline.Outcome{}, err
	}
	o, err := req.wantedOutcome()
	return p, o, err
}

// submittedOutcome is what a form about an outcome was submitted for.
func (req *Request) submittedOutcome() (m metadata, slot storage.Slot, o pipeline.Outcome, err error) {
	if m, slot, err = req.draftForm(); err != nil {
		return
	}
	o, err = req.wantedOutcome()
	return
}

// busyNode is said when others were faster each time.
func busyNode(key pipeline.NodeKey) error {
	return &pipeline.Problem{
		Code: "node-busy",
		What: fmt.Sprintf("Several people are changing %s at this moment.", key),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// ofNode reads a draft that belongs to one node; about has a place for its key.
func ofNode(about, action string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		key, err := pipeline.ParseNodeKey(part(rest, 0))
		if err != nil {
			return kept{}, false
		}
		return kept{
			about: fmt.Sprintf(about, key), team: key.Team,
			onward: button(action, "Continue", "with "+key.String(), newParams("node", key.String(), "corrects", part(rest, 1))),
		}, true
	}
}

// outcomeDraft is of KEY, or of TEAM.NEW for a new outcome.
func outcomeDraft(rest []string) (kept, bool) {
	if part(rest, 1) != newSlot {
		return ofNode("An edit of %s that was not saved", actionOutcomeEdit)(rest)
	}
	team, err := pipeline.ParseTeamKey(part(rest, 0))
	value, action := newParams("team", string(team)), actionOutcomeAdd
	if box := part(rest, 3); box != "" { // made of a box of a canvas
		value.set(paramCanvas, part(rest, 2)).set(paramBox, strings.Join(rest[3:], "."))
		action = actionBoxOutcome
	}
	return kept{about: "An outcome of " + string(team) + " that was not added", team: team, onward: button(action, "Continue", "with the outcome", value)}, err == nil
}
