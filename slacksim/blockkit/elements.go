package blockkit

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Groups of elements that blocks take together.
var (
	selects      = []string{"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
	multiSelects = []string{"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"}
)

// element is an element of one of the types.
func element(groups ...[]string) rule {
	allowed := slices.Concat(groups...)
	return func(c *check, at string, v any) {
		if !c.typed(at, v, c.elements, allowed) {
			return
		}
		obj := v.(object)
		if actionID, isString := obj["action_id"].(string); isString {
			if c.actionIDs[actionID] {
				c.failed(at+"/action_id", "unique", "action_id %q already exists in this block", actionID)
			}
			c.actionIDs[actionID] = true
		}
		if focus, _ := obj["focus_on_load"].(bool); focus {
			if c.focused++; c.focused == 2 {
				c.failed(at+"/focus_on_load", "max_per_view=1", "only one element may have focus_on_load")
			}
		}
	}
}

func types(names ...string) []string { return names }

// interactive is what all interactive elements share.
func interactive(more ...prop) []prop {
	return append([]prop{opt("action_id", id)}, more...)
}

// field is what elements that hold a value share.
func field(more ...prop) []prop {
	return interactive(append([]prop{opt("focus_on_load", boolean)}, more...)...)
}

// menu is what selects share.
func menu(more ...prop) []prop {
	return field(append([]prop{opt("placeholder", plain(150)), opt("confirm", confirm)}, more...)...)
}

// textInput is what one-line inputs share.
func textInput(more ...prop) []prop {
	return field(append([]prop{opt("placeholder", plain(150)), opt("dispatch_action_config", dispatchConfig)}, more...)...)
}

var (
	optionList   = []prop{opt("options", list(1, 100, option)), opt("option_groups", list(1, 100, optionGroup))}
	menuRules    = []rule{anyOf("options", "option_groups"), atMostOneOf("options", "option_groups"), distinctValues, initialAmong}
	maxSelected  = opt("max_selected_items", integer(1, 1<<31))
	minQuery     = opt("min_query_length", integer(0, 1<<31))
	accessible   = opt("accessibility_label", str(1, 75))
	buttonStyle  = opt("style", enum("primary", "danger"))
	visibleTo    = opt("visible_to_user_ids", list(1, 10, userID))
	feedbackSide = fields(req("text", plain(75)), req("value", str(1, 2000)), accessible)
)

// elementKinds: reference/block-kit/block-elements/….
var elementKinds = map[string]kind{
	"button": {page: "block-elements/button-element", on: everywhere, props: interactive(
		req("text", plain(75)),
		opt("value", str(0, 2000)),
		opt("url", link(3000)),
		buttonStyle,
		opt("confirm", confirm),
		accessible,
		opt("agent_prompt", str(1, 0)),
		opt("agent_prompt_display", str(1, 0)),
		visibleTo,
	)},
	"workflow_button": {page: "block-elements/workflow-button-element", on: message, props: interactive(
		req("text", plain(75)),
		req("workflow", workflow),
		buttonStyle,
		accessible,
	)},
	"feedback_buttons": {page: "block-elements/feedback-buttons-element", on: message, props: interactive(
		req("positive_button", feedbackSide),
		req("negative_button", feedbackSide),
	)},
	"icon_button": {page: "block-elements/icon-button-element", on: message, props: interactive(
		req("icon", enum("trash")),
		req("text", plain(75)),
		opt("value", str(0, 2000)),
		opt("confirm", confirm),
		accessible,
		visibleTo,
	)},
	"image": {page: "block-elements/image-element", on: everywhere, props: picture(), also: oneSource},
	"checkboxes": {page: "block-elements/checkboxes-element", on: everywhere, props: field(
		req("options", list(1, 10, formattedOption)),
		opt("initial_options", list(1, 10, formattedOption)),
		opt("confirm", confirm),
		visibleTo,
	), also: []rule{distinctValues, initialAmong}},
	"radio_buttons": {page: "block-elements/radio-button-group-element", on: everywhere, props: field(
		req("options", list(1, 10, formattedOption)),
		opt("initial_option", formattedOption),
		opt("confirm", confirm),
	), also: []rule{distinctValues, initialAmong}},
	"overflow": {page: "block-elements/overflow-menu-element", on: everywhere, props: interactive(
		req("options", list(1, 5, overflowOption)),
		opt("confirm", confirm),
	), also: []rule{distinctValues}},

	"static_select":         {page: "block-elements/select-menu-element", on: everywhere, props: menu(append(optionList, opt("initial_option", option))...), also: menuRules},
	"external_select":       {page: "block-elements/select-menu-element", on: everywhere, props: menu(opt("initial_option", option), minQuery)},
	"users_select":          {page: "block-elements/select-menu-element", on: everywhere, props: menu(opt("initial_user", userID))},
	"conversations_select":  {page: "block-elements/select-menu-element", on: everywhere, props: menu(opt("initial_conversation", conversationID), opt("default_to_current_conversation", boolean), opt("filter", conversationFilter), responseURL)},
	"channels_select":       {page: "block-elements/select-menu-element", on: everywhere, props: menu(opt("initial_channel", channelID), responseURL)},
	"multi_static_select":   {page: "block-elements/multi-select-menu-element", on: everywhere, props: menu(append(optionList, opt("initial_options", list(1, 100, option)), maxSelected)...), also: menuRules},
	"multi_external_select": {page: "block-elements/multi-select-menu-element", on: everywhere, props: menu(opt("initial_options", list(1, 100, option)), minQuery, maxSelected)},
	"multi_users_select":    {page: "block-elements/multi-select-menu-element", on: everywhere, props: menu(opt("initial_users", list(1, 0, userID)), maxSelected)},
	"multi_conversations_select": {page: "block-elements/multi-select-menu-element", on: everywhere, props: menu(
		opt("initial_conversations", list(1, 0, conversationID)), opt("default_to_current_conversation", boolean), opt("filter", conversationFilter), maxSelected)},
	"multi_channels_select": {page: "block-elements/multi-select-menu-element", on: everywhere, props: menu(opt("initial_channels", list(1, 0, channelID)), maxSelected)},

	"datepicker": {page: "block-elements/date-picker-element", on: everywhere, props: field(
		opt("placeholder", plain(150)),
		opt("initial_date", date),
		opt("confirm", confirm),
	)},
	"timepicker": {page: "block-elements/time-picker-element", on: everywhere, props: field(
		opt("placeholder", plain(150)),
		opt("initial_time", pattern(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)),
		opt("timezone", str(1, 0)),
		opt("confirm", confirm),
	)},
	"datetimepicker": {page: "block-elements/datetime-picker-element", on: message | modal, props: field(
		opt("initial_date_time", integer(1_000_000_000, 9_999_999_999)), // 10 digits
		opt("confirm", confirm),
	)},

	"plain_text_input": {page: "block-elements/plain-text-input-element", on: everywhere, props: textInput(
		opt("initial_value", str(0, 3000)),
		opt("multiline", boolean),
		opt("min_length", integer(0, 3000)),
		opt("max_length", integer(1, 3000)),
	), also: []rule{ordered("min_length", "max_length"), initialFits}},
	"email_text_input": {page: "block-elements/email-input-element", on: modal, props: textInput(opt("initial_value", str(0, 0)))},
	"url_text_input":   {page: "block-elements/url-input-element", on: modal, props: textInput(opt("initial_value", str(0, 0)))},
	"number_input": {page: "block-elements/number-input-element", on: modal, props: textInput(
		req("is_decimal_allowed", boolean),
		opt("initial_value", numberText),
		opt("min_value", numberText),
		opt("max_value", numberText),
	), also: []rule{ordered("min_value", "max_value"), ordered("min_value", "initial_value"), ordered("initial_value", "max_value"), wholeUnlessDecimal}},
	"rich_text_input": {page: "block-elements/rich-text-input-element", on: modal | home, props: textInput(
		opt("initial_value", richTextValue),
		opt("min_lines", integer(1, 100)),
		opt("max_lines", integer(1, 100)),
	), also: []rule{ordered("min_lines", "max_lines")}},
	"file_input": {page: "block-elements/file-input-element", on: modal, props: interactive(
		opt("filetypes", list(1, 0, str(1, 0))),
		opt("max_files", integer(1, 10)),
	)},
}

// responseURL is response_url_enabled, which works only for a select in an input block of a modal.
var responseURL = opt("response_url_enabled", func(c *check, at string, v any) {
	boolean(c, at, v)
	if on, _ := v.(bool); on && (c.on != modal || c.within != "input") {
		c.failed(at, "surface=modal input", "response_url_enabled is only available in input blocks of modals")
	}
})

// date is a day of the calendar as YYYY-MM-DD.
func date(c *check, at string, v any) {
	const expr = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`
	s, ok := v.(string)
	if !ok {
		c.wrongType(at, "a string")
	} else if _, err := time.Parse(time.DateOnly, s); err != nil {
		c.failed(at, "pattern="+expr, "input must match regex pattern: %s", expr)
	}
}

// numberText is a number written as a string, as number_input wants it.
var numberText = pattern(`^-?[0-9]+([.][0-9]+)?$`)

// wholeUnlessDecimal refuses fractions where the person could not type one.
func wholeUnlessDecimal(c *check, at string, v any) {
	obj := v.(object)
	if decimal, isBool := obj["is_decimal_allowed"].(bool); !isBool || decimal {
		return
	}
	for _, name := range types("initial_value", "min_value", "max_value") {
		s, isString := obj[name].(string)
		if _, isNumber := numeric(s); isString && isNumber {
			if _, err := strconv.ParseInt(s, 10, 64); err != nil {
				c.failed(at+"/"+name, "integer", "must be a whole number because is_decimal_allowed is false")
			}
		}
	}
}

// initialFits refuses an initial value that the input itself would not let through.
func initialFits(c *check, at string, v any) {
	obj := v.(object)
	initial, has := obj["initial_value"].(string)
	if !has {
		return
	}
	n := int64(utf8.RuneCountInString(initial))
	if max, ok := obj["max_length"].(json.Number); ok {
		if limit, err := max.Int64(); err == nil && n > limit {
			c.failed(at+"/initial_value", "max_length="+string(max), "must be less than %d characters", limit+1)
		}
	}
}
