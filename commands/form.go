package commands

import (
	"encoding/json"
	"errors"
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

// typed is what stands in each field, several options chosen with commas
// between them, apart from the choice of a team, which is kept beside it.
func (f *Form) typed() map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	for block, value := range f.Values {
		words := value.Text
		if words == "" {
			words = strings.Join(value.Chosen, ",")
		}
		if field := fieldOf(block); words != "" && field != pipeline.FieldTeam {
			typed[field] = words
		}
	}
	return typed
}

func (f *Form) block(field pipeline.Field) (string, bool) {
	for block := range f.Values {
		if fieldOf(block) == field {
			return block, true
		}
	}
	return "", false
}

// suffix of the block id that the field has in this form.
func (f *Form) suffix(field pipeline.Field) string {
	block, _ := f.block(field)
	_, suffix, _ := strings.Cut(block, "#")
	return suffix
}

// first input of the form, as far as its values tell: Slack sends them without
// order, so the forms' own order decides.
func (f *Form) first() string {
	for _, field := range []pipeline.Field{pipeline.FieldTitle, pipeline.FieldKey, pipeline.FieldName, fieldQuestion, pipeline.FieldValue, pipeline.FieldWhy, fieldIdea, fieldOutcome, pipeline.FieldStatement, pipeline.FieldWork} {
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
	// From is the message that the form was begun from, in the thread Thread: a
	// claim about a link and nothing else.
	From   pipeline.Message `json:"from,omitzero"`
	Thread string           `json:"thread,omitempty"`
	Draft  string           `json:"draft,omitempty"` // slot of the draft, which knows the message the idea comes from
	Fresh  string           `json:"fresh,omitempty"` // suffix of block ids, one for each opening
	// Opened is when the click was that opened it, by Slack's clock, in Unix µs.
	Opened int64  `json:"opened,omitempty"`
	Below  string `json:"below,omitempty"` // which form lies under this one, see view.go
	Run    int    `json:"run,omitempty"`   // of the idea, and from 1 the step of its form
	Step   int    `json:"step,omitempty"`
	// Seen are the digests of the answers that the form showed when it was
	// opened, by the key of the answer.
	Seen map[pipeline.AnswerKey]string `json:"seen,omitempty"`
	// Stored is the digest of what the form showed when that was what is stored:
	// closed as it was opened, it leaves no draft.
	Stored   string              `json:"stored,omitempty"`
	Template pipeline.TemplateID `json:"template,omitempty"`
	Item     pipeline.ItemID     `json:"item,omitempty"`
	// Result of a participant that the form is about.
	Result   pipeline.AnswerKey `json:"result,omitempty"`
	To       pipeline.Stage     `json:"to,omitempty"` // stage an idea is to move to
	Override bool               `json:"override,omitempty"`
	Lacks    []string           `json:"lacks,omitempty"`    // digests of what the form shows as missing
	Again    bool               `json:"again,omitempty"`    // an idea that is parked is parked anew
	More     bool               `json:"more,omitempty"`     // with the inputs that few need
	Ballot   int                `json:"ballot,omitempty"`   // of the idea
	Node     string             `json:"node,omitempty"`     // of a team's tree
	Round    int                `json:"round,omitempty"`    // of the team
	Forensic int                `json:"forensic,omitempty"` // session of the team, and a Group of it
	Group    int                `json:"group,omitempty"`
	// Sprint and Refinement are of the team; 0 for a new one.
	Sprint     int              `json:"sprint,omitempty"`
	Refinement int              `json:"refinement,omitempty"`
	Review     int              `json:"review,omitempty"`  // of the team's sprint of that number
	At         string           `json:"at,omitempty"`      // what Below shows, where that is no idea's
	Session    int              `json:"session,omitempty"` // of the team
	Point      string           `json:"point,omitempty"`   // of that session
	CheckIn    int              `json:"checkin,omitempty"` // on the node, which is corrected
	Asked      bool             `json:"asked,omitempty"`   // whether an outcome is what is made was asked
	Rule       pipeline.RuleID  `json:"rule,omitempty"`    // of backlog health
	Nudge      *nudgePlace      `json:"nudge,omitempty"`   // that it comes from
	Map        *mapFormOf       `json:"map,omitempty"`     // form of a story map
	Column     pipeline.Horizon `json:"column,omitempty"`  // of the Now-Next-Later board, to add to
	// Canvas of the team, a Box of it, and the one that is filled Next; or the Kind of
	// a canvas to begin.
	Canvas int                 `json:"canvas,omitempty"`
	Box    pipeline.BoxID      `json:"box,omitempty"`
	Next   pipeline.BoxID      `json:"next,omitempty"`
	Kind   pipeline.CanvasKind `json:"kind,omitempty"`
}

const metadataFormat = 1

// idea that the form was opened for; the stale problem when there is none.
func (m metadata) idea() (pipeline.Key, error) {
	key, err := pipeline.ParseKey(m.Idea)
	if err != nil {
		return pipeline.Key{}, stale
	}
	return key, nil
}

// node that the form was opened for; the stale problem when there is none.
func (m metadata) node() (pipeline.NodeKey, error) {
	key, err := pipeline.ParseNodeKey(m.Node)
	if err != nil {
		return pipeline.NodeKey{}, stale
	}
	return key, nil
}

// slot of the draft that this opening of the form writes.
func (m metadata) slot() (storage.Slot, error) {
	if !knownSlot(m.Draft) || !slotWord.MatchString(m.Fresh) {
		return storage.Slot{}, stale
	}
	return storage.Slot{Name: m.Draft, Form: m.Fresh}, nil
}

// ofStep tells whether the form is a step of a checklist; other forms of a run
// have drafts of their own.
func (m metadata) ofStep() bool {
	return m.Draft == draftRun+m.Idea+"."+strconv.Itoa(m.Run)+"."+strconv.Itoa(m.Step)
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

// metadata of the form that the person is in; the stale problem where there is
// none.
func (req *Request) metadata() (metadata, error) {
	if req.Form == nil {
		return metadata{}, stale
	}
	return decodeMetadata(req.Form.Metadata)
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

// formOver is what a form carries that opens from a button: what it lies on, so
// that this can be redrawn, and its draft.
func (req *Request) formOver(p params, draft string) metadata {
	return metadata{
		Draft: draft, Fresh: req.fresh(), Below: p.Get("in"), Run: p.number("run"), Step: p.number("step"),
		At: p.Get("at"), Channel: req.Channel, Home: req.Channel == "" && req.On == Button && req.Form == nil,
		Opened: req.clickedAt(),
	}
}

// refusedAtOnce tells whether an error can be told before anything is typed: it is
// about no field.
func refusedAtOnce(err error) bool {
	var problem *pipeline.Problem
	return errors.As(err, &problem) && problem.Fields == nil
}
