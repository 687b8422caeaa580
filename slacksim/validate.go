package slacksim

import (
	"bytes"
	"encoding/json"

	"alignbot/slacksim/blockkit"
)

// blocksValidate is the public method blocks.validate; its pointers are relative to what was validated.
func (s *Sim) blocksValidate(c *call) (obj, error) {
	blocks, hasBlocks := c.args["blocks"]
	view, hasView := c.args["view"]
	msg, hasMessage := c.args["message"]
	var ps []blockkit.Problem
	var code string
	switch {
	case hasBlocks && !hasView && !hasMessage:
		ps, code = blockkit.Message([]byte(blocks)), "invalid_blocks"
	case hasView && !hasBlocks && !hasMessage:
		ps, code = blockkit.View([]byte(view)), "invalid_view"
	case hasMessage && !hasBlocks && !hasView:
		var m struct {
			Blocks json.RawMessage `json:"blocks"`
		}
		code = "invalid_message"
		if json.Unmarshal([]byte(msg), &m) != nil {
			return nil, refuse("invalid_message")
		}
		if len(bytes.TrimSpace(m.Blocks)) > 0 {
			ps = blockkit.Message(m.Blocks)
		}
	default:
		return nil, invalidArguments("exactly one of blocks, view and message must be given")
	}
	if len(ps) > 0 {
		return nil, &refusal{code: code, extra: obj{"errors": ps}}
	}
	return nil, nil
}
