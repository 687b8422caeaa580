package blockkit

// Rich text: reference/block-kit/blocks/rich-text-block. Slack states no length limit for it.
// The element types that only Slack itself writes (canvas, file and workflow references, citations) are
// refused here: an app has no use for them yet, and a message of ours that holds one is a mistake.

// style is how a piece of rich text looks. "highlight", "client_highlight" and "unlink" belong to mentions.
var style = fields(
	opt("bold", boolean), opt("italic", boolean), opt("strike", boolean), opt("code", boolean), opt("underline", boolean),
	opt("highlight", boolean), opt("client_highlight", boolean), opt("unlink", boolean),
)

// inlineKinds are the pieces of a section.
var inlineKinds = map[string]kind{
	"text":      {on: everywhere, props: []prop{req("text", str(1, 0)), opt("style", style)}},
	"link":      {on: everywhere, props: []prop{req("url", link(0)), opt("text", str(0, 0)), opt("unsafe", boolean), opt("style", style)}},
	"user":      {on: everywhere, props: []prop{req("user_id", userID), opt("style", style)}},
	"usergroup": {on: everywhere, props: []prop{req("usergroup_id", usergroupID), opt("style", style)}},
	"channel":   {on: everywhere, props: []prop{req("channel_id", conversationID), opt("style", style)}},
	"team":      {on: everywhere, props: []prop{req("team_id", teamID), opt("style", style)}},
	"broadcast": {on: everywhere, props: []prop{req("range", enum("here", "channel", "everyone")), opt("style", style)}},
	"emoji":     {on: everywhere, props: []prop{req("name", str(1, 0)), opt("unicode", str(0, 0)), opt("url", str(0, 0)), opt("skin_tone", integer(1, 6)), opt("style", style)}},
	"date":      {on: everywhere, props: []prop{req("timestamp", integer(0, 1<<53)), req("format", str(1, 0)), opt("timezone", str(1, 0)), opt("url", orNull(link(0))), opt("fallback", orNull(str(0, 0))), opt("style", style)}},
	"color":     {on: everywhere, props: []prop{req("value", pattern(`^#[0-9A-Fa-f]{6}$`)), opt("style", style)}},
}

func inline(c *check, at string, v any) { c.typed(at, v, inlineKinds, nil) }

var (
	inlines = list(0, 0, inline)
	border  = opt("border", integer(0, 1))
	section = kind{on: everywhere, props: []prop{req("elements", inlines)}}
)

// richKinds are the paragraphs of a rich_text block.
var richKinds = map[string]kind{
	"rich_text_section": section,
	"rich_text_list": {on: everywhere, props: []prop{
		req("style", enum("bullet", "ordered")),
		req("elements", list(1, 0, func(c *check, at string, v any) {
			c.typed(at, v, map[string]kind{"rich_text_section": section}, nil)
		})),
		opt("indent", integer(0, 8)),
		opt("offset", integer(0, 1<<31)),
		border,
	}},
	"rich_text_quote":        {on: everywhere, props: []prop{req("elements", inlines), border}},
	"rich_text_preformatted": {on: everywhere, props: []prop{req("elements", inlines), border, opt("language", str(1, 0))}},
}

var richElements = list(0, 0, func(c *check, at string, v any) { c.typed(at, v, richKinds, nil) })

// richTextValue is a rich_text object that is the value of a property rather than a block of its own.
var richTextValue = func() rule {
	kinds := map[string]kind{"rich_text": {on: everywhere, props: []prop{req("elements", richElements), opt("block_id", id)}}}
	return func(c *check, at string, v any) { c.typed(at, v, kinds, nil) }
}()
