package blockkit

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each case is a whole message (array) or view (object) as JSON, and what is wrong with it: one line for
// each problem, "message [json-pointer:…]". No line means Slack would take it.
func TestRules(t *testing.T) {
	const home, modal = `{"type":"home","blocks":`, `{"type":"modal","title":{"type":"plain_text","text":"T"},"submit":{"type":"plain_text","text":"S"},"blocks":`
	button := func(more string) string {
		return `{"type":"button","text":{"type":"plain_text","text":"Go"}` + more + `}`
	}
	actions := func(elements string) string { return `[{"type":"actions","elements":[` + elements + `]}]` }
	input := func(element string) string {
		return modal + `[{"type":"input","label":{"type":"plain_text","text":"L"},"element":` + element + `}]}`
	}
	option := func(v string) string {
		return `{"text":{"type":"plain_text","text":"` + v + `"},"value":"` + v + `"}`
	}
	tests := []struct{ rule, json, want string }{
		{"an empty message array is fine beside a text", `[]`, ""},
		{"what is not JSON is invalid_blocks_format", `[{`, "must provide an array of blocks [json-pointer:]"},
		{"an object instead of an array is invalid_blocks_format", `"[]"`, "must provide an array of blocks [json-pointer:]"},
		{"two JSON values are invalid_blocks_format", `[] []`, "must provide an array of blocks [json-pointer:]"},
		{"a view is an object of a known type", `{"type":"workflow_step"}`, "failed to match all allowed schemas [json-pointer:]"},
		{"a block is an object", `[null]`, "must provide an object [json-pointer:/0]"},
		{"a block names its type", `[{"text":"x"}]`, "missing required field: type [json-pointer:/0]"},
		{"a type is a string", `[{"type":1}]`, "must provide a string [json-pointer:/0/type]"},
		{"an unknown block is refused", `[{"type":"marquee"}]`, "unsupported type: marquee [json-pointer:/0/type]"},
		{"an unknown property is refused", `[{"type":"divider","color":"red"}]`, "invalid additional property: color [json-pointer:/0]"},
		{"a Home has no title", `{"type":"home","title":{"type":"plain_text","text":"T"},"blocks":[{"type":"divider"}]}`, "invalid additional property: title [json-pointer:]"},
		{"a modal has a title", `{"type":"modal","blocks":[{"type":"divider"}]}`, "missing required field: title [json-pointer:]"},

		{"emoji is for plain_text only", `[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`, "invalid additional property: emoji [json-pointer:/0/text]"},
		{"verbatim is for mrkdwn only", `[{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}]`, "invalid additional property: verbatim [json-pointer:/0/text]"},
		{"a header is plain text", `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "unsupported type: mrkdwn [json-pointer:/0/text/type]"},
		{"a button is plain text", actions(`{"type":"button","text":{"type":"mrkdwn","text":"x"}}`), "unsupported type: mrkdwn [json-pointer:/0/elements/0/text/type]"},
		{"a modal's title is plain text", `{"type":"modal","title":{"type":"mrkdwn","text":"T"},"blocks":[{"type":"divider"}]}`, "unsupported type: mrkdwn [json-pointer:/title/type]"},
		{"a label is plain text", modal + `[{"type":"input","label":{"type":"mrkdwn","text":"L"},"element":{"type":"plain_text_input"}}]}`, "unsupported type: mrkdwn [json-pointer:/blocks/0/label/type]"},
		{"a placeholder is plain text", input(`{"type":"users_select","placeholder":{"type":"mrkdwn","text":"x"}}`), "unsupported type: mrkdwn [json-pointer:/blocks/0/element/placeholder/type]"},
		{"an option of a select is plain text", input(`{"type":"static_select","options":[{"text":{"type":"mrkdwn","text":"x"},"value":"x"}]}`), "unsupported type: mrkdwn [json-pointer:/blocks/0/element/options/0/text/type]"},
		{"an option of checkboxes may be formatted", input(`{"type":"checkboxes","options":[{"text":{"type":"mrkdwn","text":"x"},"value":"x"}]}`), ""},
		{"a text is an object", `[{"type":"section","text":"x"}]`, "must provide an object [json-pointer:/0/text]"},
		{"an empty text is refused", `[{"type":"section","text":{"type":"mrkdwn","text":""}}]`, "must be more than 0 characters [json-pointer:/0/text/text]"},

		{"a section has text or fields", `[{"type":"section"}]`, "missing required field: text [json-pointer:/0]"},
		{"a section takes no text input", `[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"plain_text_input"}}]`, "unsupported type: plain_text_input [json-pointer:/0/accessory/type]"},
		{"actions take no image", actions(`{"type":"image","alt_text":"a","image_url":"https://x.example/a.png"}`), "unsupported type: image [json-pointer:/0/elements/0/type]"},
		{"an input takes no button", input(button("")), "unsupported type: button [json-pointer:/blocks/0/element/type]"},
		{"a context takes texts and images", `[{"type":"context","elements":[{"type":"image","alt_text":"a","image_url":"https://x.example/a.png"},{"type":"button"}]}]`, "unsupported type: button [json-pointer:/0/elements/1/type]"},
		{"an image has an alt text", `[{"type":"image","image_url":"https://x.example/a.png"}]`, "missing required field: alt_text [json-pointer:/0]"},
		{"an image has a source", `[{"type":"image","alt_text":"a"}]`, "missing required field: image_url [json-pointer:/0]"},
		{"an image has one source", `[{"type":"image","alt_text":"a","image_url":"https://x.example/a.png","slack_file":{"id":"F0123ABCDEF"}}]`, "only one of image_url, slack_file is allowed [json-pointer:/0]"},
		{"a Slack file is named by id", `[{"type":"image","alt_text":"a","slack_file":{"id":"F0123ABCDEF"}}]`, ""},
		{"a Slack file's id looks like one", `[{"type":"image","alt_text":"a","slack_file":{"id":"F1"}}]`, "input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/0/slack_file/id]"},
		{"a Slack file has id or url", `[{"type":"image","alt_text":"a","slack_file":{"id":"F0123ABCDEF","url":"https://files.example/F0123ABCDEF"}}]`, "only one of id, url is allowed [json-pointer:/0/slack_file]"},
		{"an image comes from the web", `[{"type":"image","alt_text":"a","image_url":"data:image/png;base64,AA"}]`, "must be a valid URL [json-pointer:/0/image_url]"},
		{"a URL is absolute", actions(button(`,"url":"/relative"`)), "must be a valid URL [json-pointer:/0/elements/0/url]"},

		{"block_ids are unique in a message", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, `block_id "a" already exists [json-pointer:/1/block_id]`},
		{"action_ids are unique in a block", actions(button(`,"action_id":"a"`) + "," + button(`,"action_id":"a"`)), `action_id "a" already exists in this block [json-pointer:/0/elements/1/action_id]`},
		{"action_ids may repeat in other blocks", `[{"type":"actions","elements":[` + button(`,"action_id":"a"`) + `]},{"type":"actions","elements":[` + button(`,"action_id":"a"`) + `]}]`, ""},
		{"a style is primary or danger", actions(button(`,"style":"default"`)), "must be a valid enum value [json-pointer:/0/elements/0/style]"},
		{"a button cannot be disabled", actions(button(`,"disabled":true`)), "invalid additional property: disabled [json-pointer:/0/elements/0]"},

		{"a form needs a submit button", `{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":[{"type":"input","label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input"}}]}`, "missing required field: submit [json-pointer:]"},
		{"a modal without inputs needs none", `{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":[{"type":"divider"}]}`, ""},
		{"a select has options or groups", input(`{"type":"static_select"}`), "missing required field: options [json-pointer:/blocks/0/element]"},
		{"a select has not both", input(`{"type":"static_select","options":[` + option("a") + `],"option_groups":[{"label":{"type":"plain_text","text":"g"},"options":[` + option("b") + `]}]}`), "only one of options, option_groups is allowed [json-pointer:/blocks/0/element]"},
		{"option values are unique", input(`{"type":"static_select","options":[` + option("a") + `,` + option("a") + `]}`), "option values must be unique [json-pointer:/blocks/0/element/options/1/value]"},
		{"an initial option is one of the options", input(`{"type":"static_select","options":[` + option("a") + `],"initial_option":` + option("b") + `}`), "initial option must exactly match one of the options [json-pointer:/blocks/0/element/initial_option]"},
		{"an initial option may come from a group", input(`{"type":"static_select","option_groups":[{"label":{"type":"plain_text","text":"g"},"options":[` + option("b") + `]}],"initial_option":` + option("b") + `}`), ""},
		{"initial options are among the options", input(`{"type":"checkboxes","options":[` + option("a") + `],"initial_options":[` + option("a") + `,` + option("c") + `]}`), "initial option must exactly match one of the options [json-pointer:/blocks/0/element/initial_options/1]"},
		{"an option's url is for overflow menus only", input(`{"type":"static_select","options":[{"text":{"type":"plain_text","text":"x"},"value":"x","url":""}]}`), "invalid additional property: url [json-pointer:/blocks/0/element/options/0]"},
		{"a date is YYYY-MM-DD", input(`{"type":"datepicker","initial_date":"28.02.2026"}`), `input must match regex pattern: ^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$ [json-pointer:/blocks/0/element/initial_date]`},
		{"a date is in the calendar", input(`{"type":"datepicker","initial_date":"2026-02-28"}`), ""},
		{"a time is HH:mm", input(`{"type":"timepicker","initial_time":"24:00"}`), "input must match regex pattern: ^([01][0-9]|2[0-3]):[0-5][0-9]$ [json-pointer:/blocks/0/element/initial_time]"},
		{"a time may name its zone", input(`{"type":"timepicker","initial_time":"23:59","timezone":"Europe/Berlin"}`), ""},
		{"a datetime is a number", input(`{"type":"datetimepicker","initial_date_time":"1700000000"}`), "must provide an integer [json-pointer:/blocks/0/element/initial_date_time]"},
		{"a datetime is not for Home", home + `[{"type":"actions","elements":[{"type":"datetimepicker"}]}]}`, "unsupported type: datetimepicker [json-pointer:/blocks/0/elements/0/type]"},
		{"a number input says whether decimals are allowed", input(`{"type":"number_input"}`), "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]"},
		{"a number input's bounds are strings", input(`{"type":"number_input","is_decimal_allowed":true,"min_value":1}`), "must provide a string [json-pointer:/blocks/0/element/min_value]"},
		{"a number input's bounds are in order", input(`{"type":"number_input","is_decimal_allowed":true,"min_value":"2","max_value":"1.5"}`), "min_value must not be greater than max_value [json-pointer:/blocks/0/element/min_value]"},
		{"a whole number has no fraction", input(`{"type":"number_input","is_decimal_allowed":false,"initial_value":"1.5"}`), "must be a whole number because is_decimal_allowed is false [json-pointer:/blocks/0/element/initial_value]"},
		{"text lengths are in order", input(`{"type":"plain_text_input","min_length":5,"max_length":4}`), "min_length must not be greater than max_length [json-pointer:/blocks/0/element/min_length]"},
		{"a length is a whole number", input(`{"type":"plain_text_input","max_length":1.5}`), "must provide an integer [json-pointer:/blocks/0/element/max_length]"},
		{"a flag is a boolean", input(`{"type":"plain_text_input","multiline":"yes"}`), "must provide a boolean [json-pointer:/blocks/0/element/multiline]"},
		{"email inputs are for modals", home + `[{"type":"input","label":{"type":"plain_text","text":"L"},"element":{"type":"email_text_input"}}]}`, "unsupported type: email_text_input [json-pointer:/blocks/0/element/type]"},
		{"rich text inputs are not for messages", actions(`{"type":"rich_text_input"}`), "unsupported type: rich_text_input [json-pointer:/0/elements/0/type]"},
		{"workflow buttons are for messages", home + `[{"type":"actions","elements":[{"type":"workflow_button"}]}]}`, "unsupported type: workflow_button [json-pointer:/blocks/0/elements/0/type]"},
		{"dispatch triggers are known", input(`{"type":"plain_text_input","dispatch_action_config":{"trigger_actions_on":["on_blur"]}}`), "must be a valid enum value [json-pointer:/blocks/0/element/dispatch_action_config/trigger_actions_on/0]"},
		{"a file input cannot dispatch", modal + `[{"type":"input","dispatch_action":true,"label":{"type":"plain_text","text":"L"},"element":{"type":"file_input"}}]}`, "dispatch_action is incompatible with file_input [json-pointer:/blocks/0/dispatch_action]"},
		{"response_url_enabled is for a modal's inputs", input(`{"type":"conversations_select","response_url_enabled":true}`), ""},
		{"response_url_enabled is not for messages", actions(`{"type":"channels_select","response_url_enabled":true}`), "response_url_enabled is only available in input blocks of modals [json-pointer:/0/elements/0/response_url_enabled]"},
		{"a conversation filter filters something", actions(`{"type":"conversations_select","filter":{}}`), "missing required field: include [json-pointer:/0/elements/0/filter]"},
		{"an initial user is an id", actions(`{"type":"users_select","initial_user":"alice"}`), "input must match regex pattern: ^[UW][A-Z0-9]+$ [json-pointer:/0/elements/0/initial_user]"},
		{"an object without types has none", actions(button(`,"confirm":{"type":"confirm","title":{"type":"plain_text","text":"t"},"text":{"type":"mrkdwn","text":"t"},"confirm":{"type":"plain_text","text":"y"}}`)), "invalid additional property: type [json-pointer:/0/elements/0/confirm]"},

		{"rich text knows its paragraphs", `[{"type":"rich_text","elements":[{"type":"rich_text_heading","elements":[]}]}]`, "unsupported type: rich_text_heading [json-pointer:/0/elements/0/type]"},
		{"rich text knows its pieces", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"marquee"}]}]}]`, "unsupported type: marquee [json-pointer:/0/elements/0/elements/0/type]"},
		{"a broadcast has a known range", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"all"}]}]}]`, "must be a valid enum value [json-pointer:/0/elements/0/elements/0/range]"},
		{"a list is bullet or ordered", `[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[]}]}]}]`, "missing required field: style [json-pointer:/0/elements/0]"},
		{"a piece's style is known", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"blink":true}}]}]}]`, "invalid additional property: blink [json-pointer:/0/elements/0/elements/0/style]"},

		{"an alert is for modals", modal + `[{"type":"alert","text":{"type":"mrkdwn","text":"x"},"level":"warning"}]}`, ""},
		{"an alert is not for messages", `[{"type":"alert","text":{"type":"mrkdwn","text":"x"}}]`, "unsupported type: alert [json-pointer:/0/type]"},
		{"markdown is not for modals", modal + `[{"type":"markdown","text":"x"}]}`, "unsupported type: markdown [json-pointer:/blocks/0/type]"},
		{"a file block cannot be sent", `[{"type":"file","external_id":"x","source":"remote"}]`, "unsupported type: file [json-pointer:/0/type]"},
		{"a video is on https", `[{"type":"video","alt_text":"a","title":{"type":"plain_text","text":"t"},"thumbnail_url":"https://x.example/t","video_url":"http://x.example/v"}]`, "must be a valid URL [json-pointer:/0/video_url]"},
		{"an empty table cell may be null", `[{"type":"table","rows":[[null,{"type":"raw_number","value":1.5}]]}]`, ""},
		{"a data table has equal rows", `[{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"h"}],[{"type":"raw_text","text":"a"},{"type":"raw_text","text":"b"}]]}]`, "all rows must have the same number of cells [json-pointer:/0/rows/1]"},
		{"a data table's header is plain", `[{"type":"data_table","caption":"c","rows":[[{"type":"raw_number","value":1}],[{"type":"raw_text","text":"a"}]]}]`, "header cells must be raw_text [json-pointer:/0/rows/0/0/type]"},
		{"a card shows something", `[{"type":"card","subtitle":{"type":"mrkdwn","text":"x"}}]`, "missing required field: title [json-pointer:/0]"},
		{"a card has one icon", `[{"type":"card","body":{"type":"mrkdwn","text":"x"},"icon":{"type":"image","alt_text":"a","image_url":"https://x.example/a"},"slack_icon":{"type":"icon","name":"star"}}]`, "only one of icon, slack_icon is allowed [json-pointer:/0]"},
		{"a carousel holds cards", `[{"type":"carousel","elements":[{"type":"divider"}]}]`, "unsupported type: divider [json-pointer:/0/elements/0/type]"},
		{"a container has a title", `[{"type":"container","child_blocks":[{"type":"divider"}]}]`, "missing required field: title [json-pointer:/0]"},
		{"a container collapses only if it can", `[{"type":"container","default_collapsed":true,"title":{"type":"plain_text","text":"t"},"child_blocks":[{"type":"divider"}]}]`, "default_collapsed requires is_collapsible to be true [json-pointer:/0/default_collapsed]"},
		{"containers nest two deep", `[{"type":"container","title":{"type":"plain_text","text":"t"},"child_blocks":[{"type":"layout","label":"l","rows":[{"items":[{"block":{"type":"divider"}}]}]}]}]`, ""},
		{"containers do not nest three deep", `[{"type":"layout","label":"l","rows":[{"items":[{"block":{"type":"container","title":{"type":"plain_text","text":"t"},"child_blocks":[{"type":"layout","label":"l","rows":[{"items":[{"block":{"type":"divider"}}]}]}]}}]}]}]`, "no more than 2 levels of container and layout allowed [json-pointer:/0/rows/0/items/0/block/child_blocks/0]"},
		{"series names are unique", `[{"type":"data_visualization","title":"t","chart":{"type":"line","axis_config":{"categories":["a"]},"series":[{"name":"s","data":[{"label":"a","value":1}]},{"name":"s","data":[{"label":"a","value":2}]}]}}]`, "series names must be unique [json-pointer:/0/chart/series/1/name]"},
		{"a series has a point for every category", `[{"type":"data_visualization","title":"t","chart":{"type":"area","axis_config":{"categories":["a","b"]},"series":[{"name":"s","data":[{"label":"a","value":1}]}]}}]`, "must have one point for every category [json-pointer:/0/chart/series/0/data]"},
		{"an icon button is a bin", `[{"type":"context_actions","elements":[{"type":"icon_button","icon":"heart","text":{"type":"plain_text","text":"x"}}]}]`, "must be a valid enum value [json-pointer:/0/elements/0/icon]"},
		{"a task has a known status", `[{"type":"plan","title":"p","tasks":[{"type":"task_card","task_id":"1","title":"t","status":"done"}]}]`, "must be a valid enum value [json-pointer:/0/tasks/0/status]"},

		{"a plan's tasks may leave their type out", `[{"type":"plan","title":"p","tasks":[{"task_id":"1","title":"t"},{"type":"task_card","task_id":"2","title":"t"},{"title":"t"},1]}]`, "missing required field: task_id [json-pointer:/0/tasks/2]\nmust provide an object [json-pointer:/0/tasks/3]"},

		{"a cell's number is a number", `[{"type":"table","rows":[[{"type":"raw_number","value":"1"}]]}]`, "must provide a number [json-pointer:/0/rows/0/0/value]"},
		{"a slice's weight is a number", `[{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":"1"}]}}]`, "must provide a number [json-pointer:/0/chart/segments/0/value]"},
		{"labels match the categories", `[{"type":"data_visualization","title":"t","chart":{"type":"bar","axis_config":{"categories":["a"]},"series":[{"name":"s","data":[{"label":"b","value":1}]}]}}]`, "labels must match the categories, each once [json-pointer:/0/chart/series/0/data/0/label]"},
		{"categories are unique", `[{"type":"data_visualization","title":"t","chart":{"type":"bar","axis_config":{"categories":["a","a"]},"series":[{"name":"s","data":[{"label":"a","value":1}]}]}}]`, "categories must be unique [json-pointer:/0/chart/axis_config/categories/1]"},
		{"a list is an array", `[{"type":"actions","elements":{}}]`, "must provide an array [json-pointer:/0/elements]"},
		{"a URL is a string", actions(button(`,"url":1`)), "must provide a string [json-pointer:/0/elements/0/url]"},
		{"a style is a string", actions(button(`,"style":1`)), "must provide a string [json-pointer:/0/elements/0/style]"},
		{"a date is a string", actions(`{"type":"datepicker","initial_date":20260228}`), "must provide a string [json-pointer:/0/elements/0/initial_date]"},
		{"null is not a value", `[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":null}]`, "must provide an object [json-pointer:/0/accessory]"},

		{"all problems are told", `[{"type":"header"},{"type":"divider","x":1}]`, "missing required field: text [json-pointer:/0]\ninvalid additional property: x [json-pointer:/1]"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			problems := Message
			if strings.HasPrefix(tt.json, "{") {
				problems = View
			}
			var lines []string
			for _, p := range problems([]byte(tt.json)) {
				lines = append(lines, p.String())
			}
			if diff := cmp.Diff(tt.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusalsHaveTheShapeOfTheMethod(t *testing.T) {
	long := asJSON(t, []any{actions(button(m{"text": plainText(words(76))}))})
	code, errors := ChatError(Message(long))
	if want := []string{"must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"}; code != "invalid_blocks" || !slices.Equal(errors, want) {
		t.Errorf("chat: %q %q", code, errors)
	}
	code, errors = ChatError(Message(asJSON(t, times(51, divider))))
	if want := []string{"no more than 50 items allowed [json-pointer:/blocks]"}; code != "invalid_blocks" || !slices.Equal(errors, want) {
		t.Errorf("chat: %q %q", code, errors)
	}
	if code, errors = ChatError(Message([]byte("oops"))); code != "invalid_blocks_format" || errors != nil {
		t.Errorf("chat, not JSON: %q %q", code, errors)
	}
	if code, errors = ChatError(nil); code != "" || errors != nil {
		t.Errorf("chat, no problem: %q %q", code, errors)
	}
	messages := ViewError(View(asJSON(t, modalView(sectionBlock(mrkdwnText(""))))))
	if want := []string{"[ERROR] must be more than 0 characters [json-pointer:/view/blocks/0/text/text]"}; !slices.Equal(messages, want) {
		t.Errorf("view: %q", messages)
	}
	messages = ViewError(View([]byte("[]")))
	if want := []string{"[ERROR] failed to match all allowed schemas [json-pointer:/view]"}; !slices.Equal(messages, want) {
		t.Errorf("view: %q", messages)
	}
	attachments := asJSON(t, []any{m{}, m{"blocks": []any{m{"type": "alert", "text": plainText("x")}}}})
	code, errors = AttachmentError(Attachments(attachments))
	if want := []string{"unsupported type: alert [json-pointer:/attachments/1/blocks/0/type]"}; code != "invalid_attachments" || !slices.Equal(errors, want) {
		t.Errorf("attachments: %q %q", code, errors)
	}
}

func TestAttachmentsAreAnArrayOfObjects(t *testing.T) {
	for _, tt := range []struct{ json, want string }{
		{`{}`, "must provide an array [json-pointer:]"},
		{`[1]`, "must provide an object [json-pointer:/0]"},
		{`[{"blocks":{}}]`, "must provide an array [json-pointer:/0/blocks]"},
	} {
		ps := Attachments([]byte(tt.json))
		if len(ps) != 1 || ps[0].String() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.json, ps, tt.want)
		}
	}
}

func TestAProblemNamesItsFieldAndConstraint(t *testing.T) {
	got := Message([]byte(`[{"type":"header","text":{"type":"plain_text","text":""}}]`))
	want := []Problem{{Pointer: "/0/text/text", Code: CodeFailedConstraint, Message: "must be more than 0 characters", Field: "text", Constraint: "min_length=1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInputIDsAreThoseOfInputBlocksWhereverTheyStand(t *testing.T) {
	in := func(id string) m { return with(inputBlock(m{"type": "plain_text_input"}), "block_id", id) }
	view := modalView(in("a"), divider(1),
		m{"type": "container", "block_id": "box", "title": plainText("t"), "child_blocks": []any{in("b")}},
		m{"type": "layout", "label": "l", "rows": []any{m{"items": []any{m{"block": in("c")}}}}},
		with(actions(button(nil)), "block_id", "acts"))
	if got := InputIDs(asJSON(t, view)); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("got %q", got)
	}
	if got := InputIDs([]byte("oops")); got != nil {
		t.Errorf("of what is not JSON: %q", got)
	}
}

func TestTextTotalCountsWhatAReaderSees(t *testing.T) {
	blocks := []any{
		m{"type": "header", "text": plainText(words(3))},
		actions(button(m{"text": plainText(words(4)), "value": words(100)})),
		m{"type": "rich_text", "elements": []any{m{"type": "rich_text_section", "elements": []any{m{"type": "text", "text": words(5)}}}}},
	}
	if got := TextTotal(asJSON(t, blocks)); got != 12 {
		t.Errorf("got %d, want 12", got)
	}
	if got := TextTotal([]byte(`{"text":"x"}`)); got != 0 {
		t.Errorf("of an object: %d, want 0", got)
	}
}

// The tables are meant to be checked against Slack's reference: each row says which page.
func TestEveryKindNamesItsPage(t *testing.T) {
	page := regexp.MustCompile(`^(blocks|block-elements|\.\./views)/[a-z-]+$`)
	for _, table := range []map[string]kind{viewKinds, blockKinds, elementKinds} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			if !page.MatchString(table[name].page) {
				t.Errorf("%s: page %q", name, table[name].page)
			}
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{`[]`, `[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]`, `[{"type":"actions","elements":[{"type":"static_select","options":[{}]}]}]`,
		`[{"type":"data_table","rows":[[],[null]]}]`, `[{"type":"data_visualization","chart":{"type":"bar","series":[null,{"data":[1]}],"axis_config":{"categories":[1,"a"]}}}]`,
		`[{"type":"container","child_blocks":[{"type":"layout","rows":[{"items":[{"block":{}}]}]}]}]`, `[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{}]}]}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkProblems(t, Message(data))
		checkProblems(t, Attachments(data))
		view := append(append([]byte(`{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":`), data...), '}')
		checkProblems(t, View(view))
		checkProblems(t, Suggestions(data))
		InputIDs(view)
		if n := TextTotal(data); n < 0 || n > len(data) {
			t.Errorf("%d characters in %d bytes", n, len(data))
		}
		var blocks []any
		if json.Unmarshal(data, &blocks) != nil && len(Message(data)) == 0 {
			t.Error("accepted what is not a JSON array")
		}
	})
}

// checkProblems demands of every problem what an answer to a client is made of.
func checkProblems(t *testing.T, ps []Problem) {
	t.Helper()
	for _, p := range ps {
		if p.Message == "" || p.Code == "" || p.Pointer != "" && !strings.HasPrefix(p.Pointer, "/") {
			t.Errorf("incomplete problem: %+v", p)
		}
	}
}
