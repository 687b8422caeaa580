package pipeline

import "strings"

// escapeMarkdown makes typed text stand in a line of Markdown as it was typed.
func escapeMarkdown(typed string) string { return markdownEscaper.Replace(CleanLine(typed)) }

var markdownEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "<", "&lt;", ">", "&gt;", "|", `\|`, "~", `\~`)

// withPoint ends a line of our own as a sentence, with a capital.
func withPoint(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }
