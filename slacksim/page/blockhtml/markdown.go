package blockhtml

import (
	"html/template"
	"regexp"
	"strings"
)

// markdown draws the text of a markdown block: headings, lists, quotes, fenced
// code, bold, italic, strikethrough, code and links. Everything else stays as
// it was typed.
func markdown(source string) template.HTML {
	var out strings.Builder
	var list string // the open list's tag
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			out.WriteString("<p>" + strings.Join(paragraph, "<br>") + "</p>")
			paragraph = nil
		}
	}
	inList := func(tag string) {
		if list == tag {
			return
		}
		if list != "" {
			out.WriteString("</" + list + ">")
		}
		if tag != "" {
			out.WriteString("<" + tag + ">")
		}
		list = tag
	}
	rows := strings.Split(source, "\n")
	for i := 0; i < len(rows); i++ {
		row := rows[i]
		trimmed := strings.TrimSpace(row)
		switch m := markdownLine.FindStringSubmatch(trimmed); {
		case strings.HasPrefix(trimmed, "```"):
			flush()
			inList("")
			var code []string
			for i++; i < len(rows) && !strings.HasPrefix(strings.TrimSpace(rows[i]), "```"); i++ {
				code = append(code, template.HTMLEscapeString(rows[i]))
			}
			out.WriteString("<pre>" + strings.Join(code, "\n") + "</pre>")
		case trimmed == "":
			flush()
			inList("")
		case trimmed == "---" || trimmed == "***":
			flush()
			inList("")
			out.WriteString("<hr>")
		case m == nil:
			inList("")
			paragraph = append(paragraph, inlineMarkdown(trimmed))
		case m[1] != "":
			flush()
			inList("")
			level := string('2' + rune(min(len(m[1]), 4))) // the page's own headings are h1 and h2
			out.WriteString("<h" + level + ">" + inlineMarkdown(m[5]) + "</h" + level + ">")
		case m[2] != "":
			flush()
			inList("ul")
			out.WriteString("<li>" + inlineMarkdown(m[5]) + "</li>")
		case m[3] != "":
			flush()
			inList("ol")
			out.WriteString("<li>" + inlineMarkdown(m[5]) + "</li>")
		case m[4] != "":
			flush()
			inList("")
			out.WriteString("<blockquote>" + inlineMarkdown(m[5]) + "</blockquote>")
		}
	}
	flush()
	inList("")
	return template.HTML(out.String())
}

var (
	markdownLine = regexp.MustCompile(`^(?:(#{1,6})|([-*+])|(\d{1,4}[.)])|(>)) +(.*)$`)
	markdownCode = regexp.MustCompile("`([^`]+)`")
	// The text has been escaped when these are applied, so that < and > are
	// entities in it and no tag can be in it but ours.
	markdownLink   = regexp.MustCompile(`\[([^\[\]]+)\]\(([^\s()]+)\)`)
	markdownBold   = regexp.MustCompile(`\*\*([^*]+)\*\*|__([^_]+)__`)
	markdownItalic = regexp.MustCompile(`\*([^*\s][^*]*)\*|\b_([^_\s][^_]*)_\b`)
	markdownStrike = regexp.MustCompile(`~~([^~]+)~~`)
)

// inlineMarkdown draws one line. Code is taken out first: nothing inside it is
// markup.
func inlineMarkdown(s string) string {
	var out strings.Builder
	last := 0
	for _, m := range markdownCode.FindAllStringSubmatchIndex(s, -1) {
		out.WriteString(emphasis(s[last:m[0]]))
		out.WriteString("<code>" + template.HTMLEscapeString(s[m[2]:m[3]]) + "</code>")
		last = m[1]
	}
	out.WriteString(emphasis(s[last:]))
	return out.String()
}

func emphasis(s string) string {
	var out strings.Builder
	last := 0
	for _, m := range markdownLink.FindAllStringSubmatchIndex(s, -1) {
		out.WriteString(styles(s[last:m[0]]))
		out.WriteString(string(anchor(s[m[4]:m[5]], template.HTML(styles(s[m[2]:m[3]])))))
		last = m[1]
	}
	out.WriteString(styles(s[last:]))
	return out.String()
}

func styles(s string) string {
	s = template.HTMLEscapeString(s)
	s = markdownBold.ReplaceAllString(s, "<strong>$1$2</strong>")
	s = markdownItalic.ReplaceAllString(s, "<em>$1$2</em>")
	return markdownStrike.ReplaceAllString(s, "<s>$1</s>")
}
