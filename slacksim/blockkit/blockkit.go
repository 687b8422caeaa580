// Package blockkit tells whether Slack would accept a piece of Block Kit.
//
// It reads raw JSON, so that a property Slack does not know is seen and refused as Slack refuses it.
// The rules are data: blocks.go, elements.go, objects.go and richtext.go list every kind with its
// properties and limits in the order of Slack's reference, and name the page of docs.slack.dev they
// were taken from. Lengths count Unicode code points, as Slack's own wording ("characters") and its
// SDKs suggest; an escaped "&amp;" counts as five.
//
// Where Slack's behaviour is not documented the stricter reading is chosen: what passes here should
// pass there, not the other way round.
package blockkit

import (
	"bytes"
	"encoding/json"
	"io"
)

// Limits that hold for a whole message or view.
// From reference/block-kit/blocks, surfaces/modals, surfaces/app-home, reference/methods/chat.postMessage
// and reference/methods/views.open unless said otherwise.
const (
	MaxMessageBlocks = 50
	MaxViewBlocks    = 100
	// MaxViewBytes is the size of a view's JSON; beyond it views.* answer view_too_large ("250kb").
	MaxViewBytes = 250_000
	// MaxTextTotal is the sum of text in the blocks of one message beyond which chat.postMessage answers
	// msg_blocks_too_long. Undocumented: reports put it at about 13,200 characters.
	MaxTextTotal = 13_200
	// MaxText is where chat.postMessage cuts the top-level text off.
	MaxText = 40_000
	// MaxUpdateText is the top-level text beyond which chat.update answers msg_too_long.
	MaxUpdateText = 4_000
	// MaxMarkdownText limits markdown_text, and the sum over all markdown blocks of a message.
	MaxMarkdownText = 12_000
	// MaxAttachments is the count beyond which chat.* answer too_many_attachments.
	MaxAttachments = 100
)

// Codes of a Problem. The first four are those of blocks.validate; the others are errors of their own
// in the Web API rather than details of a refusal.
const (
	CodeMissingField     = "missing_field"
	CodeFailedConstraint = "failed_constraint"
	CodeUnknownProperty  = "additional_property"
	CodeInvalidType      = "invalid_type"

	CodeInvalidFormat      = "invalid_blocks_format" // not JSON, or not an array
	CodeViewTooLarge       = "view_too_large"
	CodeTooManyAttachments = "too_many_attachments"
)

// Problem is one reason for a refusal.
type Problem struct {
	Pointer    string `json:"pointer"`              // JSON pointer relative to what was validated: "/0/text/text" in a message, "/blocks/0/text/text" in a view
	Code       string `json:"code"`                 // one of the Code constants
	Message    string `json:"message"`              // Slack's wording where it is known
	Field      string `json:"field,omitempty"`      // the property the problem is about, empty for a whole array
	Constraint string `json:"constraint,omitempty"` // the broken limit, such as "max_length=75"; empty if there is none
}

// Message validates the blocks array of a message. No problems means Slack would take it, as long as
// TextTotal stays within MaxTextTotal, which is an error of its own.
func Message(blocks []byte) []Problem {
	_, problems := ReadMessage(blocks)
	return problems
}

// Blocks is the decoded blocks array of a message, for those who ask more than one thing of it: objects are
// map[string]any, numbers json.Number.
type Blocks []any

// ReadMessage decodes the blocks array of a message and validates it as Message does.
func ReadMessage(blocks []byte) (Blocks, []Problem) {
	v, ok := decode(blocks)
	list, isList := v.([]any)
	if !ok || !isList {
		return nil, []Problem{{Code: CodeInvalidFormat, Message: "must provide an array of blocks"}}
	}
	c := newCheck(message)
	c.surfaceBlocks("", list, MaxMessageBlocks)
	return list, c.problems
}

// TextTotal is that of the function of this name.
func (b Blocks) TextTotal() int { return textLength([]any(b)) }

// View validates a whole modal or Home view, as given to views.open, push, update and publish.
func View(view []byte) []Problem {
	_, problems := ReadView(view)
	return problems
}

// ReadView decodes a view, as Blocks are decoded, and validates it as View does.
func ReadView(view []byte) (map[string]any, []Problem) {
	if len(view) > MaxViewBytes {
		return nil, []Problem{{Code: CodeViewTooLarge, Message: "the view is greater than 250kb", Constraint: limit("max_bytes", MaxViewBytes)}}
	}
	v, _ := decode(view)
	obj, isObject := v.(object)
	if !isObject {
		return nil, []Problem{{Code: CodeInvalidType, Message: "failed to match all allowed schemas"}}
	}
	name, _ := obj["type"].(string)
	kind, known := viewKinds[name]
	if !known {
		return nil, []Problem{{Code: CodeFailedConstraint, Message: "failed to match all allowed schemas", Field: "type", Constraint: "enum=modal,home"}}
	}
	c := newCheck(kind.on)
	c.properties("", obj, kind)
	return obj, c.problems
}

// Attachments validates the secondary attachments of a message: their number and the blocks inside them.
// The legacy fields of an attachment are not checked, as Slack does not refuse them either.
func Attachments(attachments []byte) []Problem {
	_, problems := ReadAttachments(attachments)
	return problems
}

// ReadAttachments decodes attachments, as Blocks are decoded, and validates them as Attachments does.
func ReadAttachments(attachments []byte) (list []any, problems []Problem) {
	v, _ := decode(attachments)
	list, isList := v.([]any)
	if !isList {
		return nil, []Problem{{Code: CodeInvalidType, Message: "must provide an array"}}
	}
	if len(list) > MaxAttachments {
		return list, []Problem{{Code: CodeTooManyAttachments, Message: "no more than 100 items allowed", Constraint: limit("max_items", MaxAttachments)}}
	}
	for i, item := range list {
		at := pointer("", i)
		obj, isObject := item.(object)
		if !isObject {
			problems = append(problems, Problem{Pointer: at, Code: CodeInvalidType, Message: "must provide an object"})
			continue
		}
		if blocks, has := obj["blocks"]; has {
			c := newCheck(message)
			c.surfaceBlocks(at+"/blocks", blocks, MaxMessageBlocks)
			problems = append(problems, c.problems...)
		}
	}
	return list, problems
}

// Suggestions validates the answer to a block_suggestion: {"options":[…]} or {"option_groups":[…]},
// at most 100 of either. An empty list is a fair answer ("no results").
// From reference/interaction-payloads/block_suggestion-payload.
func Suggestions(payload []byte) []Problem {
	v, _ := decode(payload)
	c := newCheck(everywhere)
	suggestions(c, "", v)
	return c.problems
}

// decode reads exactly one JSON value; numbers stay as written.
func decode(data []byte) (value any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, false
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, false
	}
	return value, true
}
