package commands

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Block ids of inputs are "field" or "field#n": a new n makes Slack forget
// what was typed and show the initial value. The rest of the program knows
// fields only.

func blockID(field pipeline.Field, fresh string) string {
	if fresh == "" {
		return string(field)
	}
	return string(field) + "#" + fresh
}

func fieldOf(block string) pipeline.Field {
	name, _, _ := strings.Cut(block, "#")
	return pipeline.Field(name)
}

// freshID makes block ids differ from those of any form shown before.
func freshID(now time.Time) string { return strconv.FormatInt(now.UnixMilli(), 36) }

// Value of a field; the zero value when the form has none.
func (f *Form) Value(field pipeline.Field) Value {
	if block, ok := f.block(field); ok {
		return f.Values[block]
	}
	return Value{}
}

func (f *Form) block(field pipeline.Field) (string, bool) {
	for block := range f.Values {
		if fieldOf(block) == field {
			return block, true
		}
	}
	return "", false
}

// first input of the form, as far as its values tell: Slack sends them without
// order, so the forms' own order decides.
func (f *Form) first() string {
	for _, field := range []pipeline.Field{pipeline.FieldTitle, pipeline.FieldKey, pipeline.FieldName} {
		if block, ok := f.block(field); ok {
			return block
		}
	}
	blocks := make([]string, 0, len(f.Values))
	for block := range f.Values {
		blocks = append(blocks, block)
	}
	if len(blocks) == 0 {
		return string(pipeline.FieldTitle)
	}
	return slices.Min(blocks)
}

// metadata travels with a form as its private_metadata. It comes back as a
// claim: ids in it are looked up again and permissions are checked on what is
// found.
type metadata struct {
	Format  int              `json:"v"`
	Team    pipeline.TeamKey `json:"team,omitempty"`
	Idea    string           `json:"idea,omitempty"`
	Version int64            `json:"version,omitempty"`
	Channel string           `json:"channel,omitempty"` // where the person was: where to answer, and no proof of being there
	Home    bool             `json:"home,omitempty"`    // opened in Home
	Draft   string           `json:"draft,omitempty"`   // slot of the draft, which knows the message the idea comes from
	Fresh   string           `json:"fresh,omitempty"`   // suffix of block ids, one for each opening
}

const metadataFormat = 1

// slot of the draft that this opening of the form writes.
func (m metadata) slot() (storage.Slot, error) {
	if !knownSlot(m.Draft) || !slotWord.MatchString(m.Fresh) {
		return storage.Slot{}, stale
	}
	return storage.Slot{Name: m.Draft, Form: m.Fresh}, nil
}

// slotWord is what names of slots and openings of forms are made of.
var slotWord = regexp.MustCompile(`^[A-Za-z0-9.-]{1,40}$`)

// knownSlot tells whether a name that came back from Slack can be one of ours.
func knownSlot(name string) bool {
	return slotWord.MatchString(name) && (name == draftIdea || strings.HasPrefix(name, draftIdea+".") || strings.HasPrefix(name, draftEdit))
}

func (m metadata) encode() string {
	m.Format = metadataFormat
	encoded, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return string(encoded)
}

// decodeMetadata answers with the stale problem to anything it does not know.
func decodeMetadata(s string) (metadata, error) {
	var m metadata
	if err := json.Unmarshal([]byte(s), &m); err != nil || m.Format != metadataFormat {
		return metadata{}, stale
	}
	if m.Team != "" {
		if key, err := pipeline.ParseTeamKey(string(m.Team)); err != nil || key != m.Team {
			return metadata{}, stale
		}
	}
	return m, nil
}

// textInput is one input of a form for typed text. Each change is reported, so
// that what was typed outlives the form.
func textInput(field pipeline.Field, fresh, label, hint, placeholder, initial string, limit int, multiline bool) *slack.InputBlock {
	element := slack.NewPlainTextInputBlockElement(nil, actionDraft)
	if placeholder != "" {
		element.Placeholder = plain(placeholder)
	}
	element.Multiline = multiline
	element.MaxLength = limit
	element.InitialValue = pipeline.Cut(initial, limit)
	element.DispatchActionConfig = &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}}
	block := slack.NewInputBlock(blockID(field, fresh), plain(label), nil, element)
	if hint != "" {
		block.Hint = plain(hint)
	}
	block.DispatchAction = true
	return block
}

// form puts a modal together.
func form(callback, title, submit string, m metadata, blocks ...slack.Block) *slack.ModalViewRequest {
	view := &slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      callback,
		Title:           plain(title),
		Close:           plain("Cancel"),
		Blocks:          slack.Blocks{BlockSet: blocks},
		PrivateMetadata: m.encode(),
		NotifyOnClose:   m.Draft != "", // there is something to keep
	}
	if submit != "" {
		view.Submit = plain(submit)
	} else {
		view.Close = plain("Close")
	}
	return view
}
