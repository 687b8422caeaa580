package commands

import (
	"fmt"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What a request is about: the idea, and the run of a checklist, that its words,
// its button or its form names. The want functions ask for it, the others give it
// to the handler.

// buttonIdea is what a button carries, and the idea that it names.
func (req *Request) buttonIdea() (params, pipeline.Key, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, pipeline.Key{}, err
	}
	key, err := p.idea()
	return p, key, err
}

// formIdea is what a form carries, and the idea that it was opened for.
func (req *Request) formIdea() (metadata, pipeline.Key, error) {
	m, err := req.metadata()
	if err != nil {
		return metadata{}, pipeline.Key{}, err
	}
	key, err := m.idea()
	return m, key, err
}

// wantTypedIdea: the idea whose key stands behind the command, and the draft
// of its edit.
func wantTypedIdea(req *Request) (storage.Want, error) {
	words := typed(req.Words)
	if strings.TrimSpace(words) == "" {
		return storage.Want{}, &pipeline.Problem{
			Code: "key-missing",
			What: "Which idea? Put its key behind the command, like PAY-12.",
			Next: "Type /idea list to see the keys of your team's ideas.",
		}
	}
	key, err := pipeline.ParseTypedKey(words)
	if err != nil {
		return storage.Want{}, err
	}
	want := wantIdea(key)
	want.Channel = req.Channel // whose team is meant by a bare number
	return want, nil
}

// wantButtonIdea: the idea that a button names.
func wantButtonIdea(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return wantIdea(key), err
}

// wantFormIdea: the idea that the form was opened for.
func wantFormIdea(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return wantIdea(key), err
}

// wantIdea: an idea with the draft of its edit.
func wantIdea(key pipeline.Key) storage.Want {
	if key.Team == "" { // its draft has the whole key in its name
		return storage.Want{Idea: key}
	}
	return storage.Want{Idea: key, Draft: draftEdit + key.String()}
}

// wanted is the idea that was asked for, or the answer that there is none.
func (req *Request) wanted() (pipeline.Idea, error) {
	if req.Loaded.Idea == nil {
		var key pipeline.Key
		switch {
		case req.Form != nil:
			_, key, _ = req.formIdea()
		case req.Value != "":
			_, key, _ = req.buttonIdea()
		default:
			if key, _ = pipeline.ParseTypedKey(typed(req.Words)); key.Team == "" && req.Loaded.Team != nil {
				key.Team = req.Loaded.Team.Key
			}
		}
		return pipeline.Idea{}, noIdea(key)
	}
	return *req.Loaded.Idea, nil
}

// wantedRun is the idea and the run that were asked for, or the answer that
// there is none.
func (req *Request) wantedRun() (pipeline.Idea, pipeline.Run, error) {
	idea, err := req.wanted()
	if err != nil {
		return pipeline.Idea{}, pipeline.Run{}, err
	}
	if req.Loaded.Run == nil {
		return idea, pipeline.Run{}, &pipeline.Problem{
			Code: "run-unknown",
			What: fmt.Sprintf("%s has no such checklist.", idea.Key),
			Safe: "Nothing was changed.",
			Next: "Open its overview again and choose from there.",
		}
	}
	return idea, *req.Loaded.Run, nil
}

// clicked is what the button carries that was used, and the idea that was asked
// for.
func (req *Request) clicked() (params, pipeline.Idea, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, pipeline.Idea{}, err
	}
	idea, err := req.wanted()
	return p, idea, err
}

// clickedRun is the same for a button of a run.
func (req *Request) clickedRun() (params, pipeline.Idea, pipeline.Run, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, pipeline.Idea{}, pipeline.Run{}, err
	}
	idea, run, err := req.wantedRun()
	return p, idea, run, err
}

// draftForm is what a form with a draft carries, and the slot of that draft.
func (req *Request) draftForm() (metadata, storage.Slot, error) {
	m, err := req.metadata()
	if err != nil {
		return metadata{}, storage.Slot{}, err
	}
	slot, err := m.slot()
	return m, slot, err
}

// submitted is what a form about an idea was submitted for.
func (req *Request) submitted() (m metadata, slot storage.Slot, idea pipeline.Idea, err error) {
	if m, slot, err = req.draftForm(); err != nil {
		return
	}
	idea, err = req.wanted()
	return
}

// submittedRun is the same for a form about a run.
func (req *Request) submittedRun() (m metadata, slot storage.Slot, idea pipeline.Idea, run pipeline.Run, err error) {
	if m, slot, err = req.draftForm(); err != nil {
		return
	}
	idea, run, err = req.wantedRun()
	return
}
