package blockkit

import "reflect"

// Composition objects: reference/block-kit/composition-objects/….

// plain is a plain_text object of 1 to max characters. From composition-objects/text-object.
func plain(max int) rule { return textObject(max, "plain_text") }

// text is a plain_text or mrkdwn object of 1 to max characters. From composition-objects/text-object.
func text(max int) rule { return textObject(max, "plain_text", "mrkdwn") }

func textObject(max int, types ...string) rule {
	kinds := map[string]kind{
		"plain_text": {on: everywhere, props: []prop{req("text", str(1, max)), opt("emoji", boolean)}},
		"mrkdwn":     {on: everywhere, props: []prop{req("text", str(1, max)), opt("verbatim", boolean)}},
	}
	return func(c *check, at string, v any) { c.typed(at, v, kinds, types) }
}

// id is a block_id, action_id, callback_id or external_id.
var id = str(1, 255)

// Ids of things in a workspace.
var (
	userID         = pattern(`^[UW][A-Z0-9]+$`)
	usergroupID    = pattern(`^S[A-Z0-9]+$`)
	channelID      = pattern(`^[CG][A-Z0-9]+$`)
	conversationID = pattern(`^[CDGUW][A-Z0-9]+$`)
	teamID         = pattern(`^[TE][A-Z0-9]+$`)
)

// confirm is composition-objects/confirmation-dialog-object.
var confirm = fields(
	req("title", plain(100)),
	req("text", text(300)),
	req("confirm", plain(30)),
	opt("deny", plain(30)),
	opt("style", enum("primary", "danger")),
)

// option is composition-objects/option-object. Checkboxes and radio buttons may format it.
var (
	option          = fields(req("text", plain(75)), req("value", str(1, 150)), opt("description", plain(75)))
	formattedOption = fields(req("text", text(75)), req("value", str(1, 150)), opt("description", text(75)))
	overflowOption  = fields(req("text", plain(75)), req("value", str(1, 150)), opt("description", plain(75)), opt("url", link(3000)))
)

// optionGroup is composition-objects/option-group-object.
var optionGroup = fields(req("label", plain(75)), req("options", list(1, 100, option)))

// suggestions is what an app answers to a block_suggestion.
var suggestions = untyped(kind{
	props: []prop{
		opt("options", list(0, 100, option)),
		opt("option_groups", list(0, 100, fields(req("label", plain(75)), req("options", list(0, 100, option))))),
	},
	also: []rule{anyOf("options", "option_groups"), atMostOneOf("options", "option_groups"), distinctValues},
})

// conversationFilter is composition-objects/conversation-filter-object.
var conversationFilter = untyped(kind{
	props: []prop{
		opt("include", list(1, 4, enum("im", "mpim", "private", "public"))),
		opt("exclude_external_shared_channels", boolean),
		opt("exclude_bot_users", boolean),
	},
	also: []rule{anyOf("include", "exclude_external_shared_channels", "exclude_bot_users")},
})

// dispatchConfig is composition-objects/dispatch-action-configuration-object.
var dispatchConfig = fields(opt("trigger_actions_on", list(1, 2, enum("on_enter_pressed", "on_character_entered"))))

// slackFile is composition-objects/slack-file-object.
var slackFile = untyped(kind{
	props: []prop{opt("id", pattern(`^[F][A-Z0-9]{8,}$`)), opt("url", link(3000, "https"))},
	also:  []rule{anyOf("id", "url"), atMostOneOf("id", "url")},
})

// slackIcon is composition-objects/slack-icon-object.
var slackIcon = fields(req("type", enum("icon")), req("name", str(1, 0)))

// workflow is composition-objects/workflow-object.
var workflow = fields(req("trigger", fields(
	req("url", link(3000, "https")),
	opt("customizable_input_parameters", list(0, 0, fields(req("name", str(1, 0)), req("value", str(0, 0))))),
)))

// picture is what image blocks and elements share: one source, from the web or from Slack.
func picture(more ...prop) []prop {
	return append([]prop{
		req("alt_text", str(1, 2000)),
		opt("image_url", link(3000, "http", "https")),
		opt("slack_file", slackFile),
	}, more...)
}

var oneSource = []rule{anyOf("image_url", "slack_file"), atMostOneOf("image_url", "slack_file")}

// distinctValues refuses two options with one value: the answer could not tell them apart.
func distinctValues(c *check, at string, v any) {
	seen := map[any]bool{}
	for _, o := range options(v.(object), at) {
		value, isString := o.object["value"].(string)
		if isString && seen[value] {
			c.failed(o.at+"/value", "unique", "option values must be unique")
		}
		seen[value] = true
	}
}

// initialAmong refuses an initial_option, or one of the initial_options, that is not exactly one of the options.
func initialAmong(c *check, at string, v any) {
	obj := v.(object)
	all := options(obj, at)
	among := func(at string, initial any) {
		for _, o := range all {
			if reflect.DeepEqual(o.object, initial) {
				return
			}
		}
		c.failed(at, "one_of=options", "initial option must exactly match one of the options")
	}
	if initial, has := obj["initial_option"]; has {
		among(at+"/initial_option", initial)
	}
	if initial, isList := obj["initial_options"].([]any); isList {
		for i, one := range initial {
			among(pointer(at+"/initial_options", i), one)
		}
	}
}

type placedOption struct {
	at     string
	object object
}

// options collects the options of a menu, those in groups included.
func options(menu object, at string) (all []placedOption) {
	collect := func(at string, v any) {
		items, _ := v.([]any)
		for i, item := range items {
			if o, ok := item.(object); ok {
				all = append(all, placedOption{pointer(at, i), o})
			}
		}
	}
	collect(at+"/options", menu["options"])
	groups, _ := menu["option_groups"].([]any)
	for i, g := range groups {
		if group, ok := g.(object); ok {
			collect(pointer(at+"/option_groups", i)+"/options", group["options"])
		}
	}
	return all
}
