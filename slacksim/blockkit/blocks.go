package blockkit

import "unicode/utf8"

// viewKinds: reference/views/modal-views and reference/views/home-tab-views.
var viewKinds = map[string]kind{
	"modal": {page: "../views/modal-views", on: modal, props: []prop{
		req("title", plain(24)),
		req("blocks", viewBlocks),
		opt("close", plain(24)),
		opt("submit", plain(24)),
		opt("private_metadata", str(0, 3000)),
		opt("callback_id", str(0, 255)),
		opt("clear_on_close", boolean),
		opt("notify_on_close", boolean),
		opt("external_id", str(0, 255)),
	}, also: []rule{submitForInputs}},
	"home": {page: "../views/home-tab-views", on: home, props: []prop{
		req("blocks", viewBlocks),
		opt("private_metadata", str(0, 3000)),
		opt("callback_id", str(0, 255)),
		opt("external_id", str(0, 255)),
	}},
}

// blockKinds: reference/block-kit/blocks/….
var blockKinds = map[string]kind{
	"section": {page: "blocks/section-block", on: everywhere, props: block(
		opt("text", text(3000)),
		opt("fields", list(1, 10, text(2000))),
		opt("accessory", element(selects, multiSelects, types("button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons", "timepicker", "workflow_button"))),
		opt("expand", boolean),
	), also: []rule{anyOf("text", "fields")}},
	"actions": {page: "blocks/actions-block", on: everywhere, props: block(
		req("elements", list(1, 25, element(selects, multiSelects, types("button", "checkboxes", "datepicker", "datetimepicker", "overflow", "radio_buttons", "timepicker", "workflow_button", "rich_text_input")))),
	)},
	"context": {page: "blocks/context-block", on: everywhere, props: block(
		req("elements", list(1, 10, textOrImage)),
	)},
	"header": {page: "blocks/header-block", on: everywhere, props: block(
		req("text", plain(150)),
		opt("level", integer(1, 4)),
	)},
	"divider": {page: "blocks/divider-block", on: everywhere, props: block()},
	"image":   {page: "blocks/image-block", on: everywhere, props: block(picture(opt("title", plain(2000)))...), also: oneSource},
	"input": {page: "blocks/input-block", on: everywhere, props: block(
		req("label", plain(2000)),
		req("element", element(selects, multiSelects, types("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker"))),
		opt("hint", plain(2000)),
		opt("optional", boolean),
		opt("dispatch_action", boolean),
	), also: []rule{noFileDispatch}},
	"rich_text": {page: "blocks/rich-text-block", on: everywhere, props: block(req("elements", richElements))},
	"video": {page: "blocks/video-block", on: everywhere, props: block(
		req("alt_text", str(1, 2000)),
		req("title", plain(199)), // "less than 200"
		req("thumbnail_url", link(3000, "https")),
		req("video_url", link(3000, "https")),
		opt("title_url", link(3000, "https")),
		opt("description", plain(200)),
		opt("author_name", str(1, 49)), // "less than 50"
		opt("provider_name", str(1, 0)),
		opt("provider_icon_url", link(3000, "https")),
	)},
	"markdown": {page: "blocks/markdown-block", on: message, props: block(req("text", markdownText))},
	"file":     {page: "blocks/file-block", on: nowhere},
	"call":     {page: "blocks/call-block", on: message, props: block(req("call_id", str(1, 0)))},

	// Blocks of 2025 and 2026. Slack released them in steps: a workspace may still answer "unsupported type".
	"alert": {page: "blocks/alert-block", on: modal, props: block(
		req("text", text(200)), // stated by Slack's Java SDK only
		opt("level", enum("default", "info", "warning", "error", "success")),
	)},
	"table": {page: "blocks/table-block", on: message | home, props: block(
		req("rows", list(1, 100, list(1, 20, orNull(cell("raw_text", "raw_number", "rich_text"))))),
		opt("column_settings", list(0, 20, orNull(fields(opt("align", enum("left", "center", "right")), opt("is_wrapped", boolean))))),
	), also: []rule{tableText(10_000)}},
	"data_table": {page: "blocks/data-table-block", on: message | home, props: block(
		req("caption", str(1, 0)),
		req("rows", list(2, 201, list(1, 20, cell("raw_text", "raw_number", "rich_text", "action_cell")))),
		opt("page_size", integer(1, 100)),
		opt("row_header_column_index", integer(0, 19)),
	), also: []rule{sameLengthRows, plainHeaderRow, tableText(20_000)}},
	"data_visualization": {page: "blocks/data-visualization-block", on: message | home, props: block(
		req("title", str(1, 50)),
		req("chart", chart),
	), also: []rule{twoCharts}},
	"card": {page: "blocks/card-block", on: everywhere, props: block(
		opt("hero_image", element(types("image"))),
		opt("icon", element(types("image"))),
		opt("slack_icon", slackIcon),
		opt("title", text(150)),
		opt("subtitle", text(150)),
		opt("body", text(200)),
		opt("subtext", text(200)), // no limit stated; taken as the body's
		opt("actions", list(1, 25, element(types("button")))),
	), also: []rule{anyOf("title", "hero_image", "actions", "body"), atMostOneOf("icon", "slack_icon")}},
	"carousel": {page: "blocks/carousel-block", on: message | home, props: block(
		req("elements", list(1, 10, part("card"))),
	)},
	"container": {page: "blocks/container-block", on: message | home, props: block(
		opt("title", plain(150)),
		opt("rich_text_title", richTextValue),
		opt("subtitle", text(150)),
		opt("icon", element(types("image"))),
		opt("width", enum("narrow", "standard", "wide", "full")),
		opt("is_collapsible", boolean),
		opt("default_collapsed", boolean),
		opt("has_header_divider", boolean),
		req("child_blocks", list(1, 10, child("actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video", "layout"))),
	), also: []rule{anyOf("title", "rich_text_title"), onlyWith("default_collapsed", "is_collapsible", true), onlyWith("has_header_divider", "is_collapsible", false)}},
	"layout": {page: "blocks/layout-block", on: everywhere, props: block(
		req("label", str(1, 150)),
		opt("is_label_visible", boolean),
		opt("grid_lines", enum("none", "rows", "outer")),
		req("rows", list(1, 5, fields(req("items", list(1, 3, fields(
			req("block", child("actions", "alert", "card", "carousel", "container", "context", "data_table", "data_visualization", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video")),
			opt("width", enum("narrow", "standard", "wide")),
			opt("horizontal_alignment", enum("start", "center", "end")),
		)))))),
		opt("fallback", list(0, 0, part("context", "divider", "header", "image", "rich_text", "section", "table", "video"))),
	)},
	"context_actions": {page: "blocks/context-actions-block", on: message, props: block(
		req("elements", list(1, 5, element(types("feedback_buttons", "icon_button")))),
	)},
	"task_card": {page: "blocks/task-card-block", on: message, props: taskCard},
	"plan": {page: "blocks/plan-block", on: message, props: block(
		req("title", str(1, 0)),
		opt("tasks", list(0, 0, task)),
	)},
}

// block is what all blocks share.
func block(more ...prop) []prop {
	return append([]prop{opt("block_id", uniqueBlockID)}, more...)
}

var taskCard = block(
	req("task_id", str(1, 0)),
	req("title", str(1, 0)),
	opt("status", enum("pending", "in_progress", "complete", "error")),
	opt("details", richTextValue),
	opt("output", richTextValue),
	opt("sources", list(0, 0, fields(req("type", enum("url")), req("url", link(0)), req("text", str(1, 0))))),
	opt("hide_title", boolean),
)

// task is a task_card in a plan, where Slack's own examples leave the type out.
func task(c *check, at string, v any) {
	if obj, isObject := v.(object); isObject {
		if _, typed := obj["type"]; !typed {
			c.properties(at, obj, c.blocks["task_card"])
			return
		}
	}
	part("task_card")(c, at, v)
}

func uniqueBlockID(c *check, at string, v any) {
	id(c, at, v)
	if s, ok := v.(string); ok {
		if c.blockIDs[s] {
			c.failed(at, "unique", "block_id %q already exists", s)
		}
		c.blockIDs[s] = true
	}
}

// surfaceBlocks checks the blocks array of a message or view. Children of containers count toward max.
func (c *check) surfaceBlocks(at string, v any, max int) {
	list(0, 0, child())(c, at, v)
	if c.total > max {
		c.failed(at, limit("max_items", max), "no more than %d items allowed", max)
	}
}

func viewBlocks(c *check, at string, v any) {
	if items, isList := v.([]any); isList {
		c.count(at, len(items), 1, 0)
	}
	c.surfaceBlocks(at, v, MaxViewBlocks)
}

// child is a block of one of the types, or of any that the surface shows, and counts toward its limit.
func child(types ...string) rule {
	inside := part(types...)
	return func(c *check, at string, v any) {
		c.total++
		inside(c, at, v)
	}
}

// part is a block inside another one that does not count by itself. Action ids start afresh in it.
func part(types ...string) rule {
	return func(c *check, at string, v any) {
		obj, _ := v.(object)
		name, _ := obj["type"].(string)
		within, actionIDs := c.within, c.actionIDs
		c.within, c.actionIDs = name, map[string]bool{}
		defer func() { c.within, c.actionIDs = within, actionIDs }()
		switch name {
		case "input":
			c.inputs++
		case "container", "layout":
			if c.nesting++; c.nesting > 2 {
				c.nesting--
				c.failed(at, "max_nesting=2", "no more than 2 levels of container and layout allowed")
				return
			}
			defer func() { c.nesting-- }()
		}
		c.typed(at, v, c.blocks, types)
	}
}

// textOrImage is an element of a context block.
func textOrImage(c *check, at string, v any) {
	if obj, ok := v.(object); ok && obj["type"] == "image" {
		element(types("image"))(c, at, v)
		return
	}
	text(3000)(c, at, v)
}

// submitForInputs demands a submit button where there is something to submit. From surfaces/modals.
func submitForInputs(c *check, at string, v any) {
	if _, has := v.(object)["submit"]; !has && c.inputs > 0 {
		c.missing(at, "submit")
	}
}

// noFileDispatch: an input block cannot dispatch actions of a file_input. From blocks/input-block.
func noFileDispatch(c *check, at string, v any) {
	obj := v.(object)
	el, _ := obj["element"].(object)
	if dispatch, _ := obj["dispatch_action"].(bool); dispatch && el["type"] == "file_input" {
		c.failed(at+"/dispatch_action", "", "dispatch_action is incompatible with file_input")
	}
}

// markdownText counts toward one limit for all markdown blocks of the message.
func markdownText(c *check, at string, v any) {
	str(1, 0)(c, at, v)
	s, _ := v.(string)
	before := c.markdown
	c.markdown += utf8.RuneCountInString(s)
	if before <= MaxMarkdownText && c.markdown > MaxMarkdownText {
		c.failed(at, limit("max_length", MaxMarkdownText), "must be less than %d characters", MaxMarkdownText+1)
	}
}
