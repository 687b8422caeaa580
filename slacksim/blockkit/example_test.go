package blockkit_test

import (
	"fmt"

	"alignbot/slacksim/blockkit"
)

func Example() {
	problems := blockkit.Message([]byte(`[
		{"type": "header", "text": {"type": "mrkdwn", "text": "*Ideas*"}},
		{"type": "divider", "colour": "red"}
	]`))
	code, errors := blockkit.ChatError(problems)
	fmt.Println(code)
	for _, e := range errors {
		fmt.Println(e)
	}
	// Output:
	// invalid_blocks
	// unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]
	// invalid additional property: colour [json-pointer:/blocks/1]
}
