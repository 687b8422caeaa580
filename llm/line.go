package llm

import (
	"regexp"
	"strings"

	"alignbot/pipeline"

	"golang.org/x/text/unicode/norm"
)

// comesAlive is what Slack, or a reader's eye, would take for a link, a mention
// or an address. The name of a file, such as invoice.pdf, looks the same.
var comesAlive = regexp.MustCompile(`(?i)[<>@]|/\s*/|\b(?:www|hxxps?|https?|mailto|javascript|slack)\b` +
	`|[\p{L}\p{N}](?:\.|\s*[\[({]\s*(?:\.|dot)\s*[\])}]\s*|\s+dot\s+)\p{L}{2,}` +
	`|[\p{L}\p{N}]。[a-z]{2,}|\b\d{1,3}(?:\.\d{1,3}){3}\b`)

// oneLine cleans what is shown of a suggestion: one line within WhyLimit.
func oneLine(s string) string { return pipeline.Cut(pipeline.CleanLine(s), WhyLimit) }

// quote gives what somebody typed in quotation marks, short enough to stand within
// a line; "" when something in it would come alive.
func quote(typed string) string {
	const most = 100
	typed = pipeline.CleanLine(withoutMarkup(withoutNames(typed)))
	if !pipeline.HasVisible(typed) || comingAlive(typed) {
		return ""
	}
	return "“" + pipeline.Cut(typed, most) + "”"
}

func comingAlive(s string) bool { return comesAlive.MatchString(norm.NFKC.String(withoutInvisible(s))) }

var formats = strings.NewReplacer("*", "", "`", "", "~", "", "_", " ", "|", " ", "#", "", "[", "", "]", "", "<", "", ">", "", "\\", "")

// withoutMarkup takes off what formats a text in Slack or Markdown.
func withoutMarkup(s string) string { return emoji.ReplaceAllString(formats.Replace(s), " ") }

var emoji = regexp.MustCompile(`:[\p{Ll}\p{N}_+'-]+:`)

// ownWords are what a model says of its choice, or nothing when something in it
// would come alive: a reason without a link is worth more than none, but none is
// worth more than a link that nobody asked for.
func ownWords(said string) string {
	shown := oneLine(withoutMarkup(pipeline.CleanLine(said)))
	// Both: what formats may hide an address, and look like one itself.
	if comingAlive(said) || comingAlive(shown) || !pipeline.HasVisible(shown) || refusing.MatchString(shown) {
		return ""
	}
	return shown
}

// refusing is how a refusal begins, which stands where a reason should be when a server
// holds a model to a schema. Amid a reason the same words may be those of customers.
var refusing = regexp.MustCompile(`(?i)^\P{L}*(?:(?:i(?:['’]m| am) )?(?:so |very )?sorry\b|i apologi[sz]e\b|(?:as|i(?:['’]m| am)) an? (?:ai|(?:large )?language model)\b` +
	`|i(?:['’]m| am) (?:unable|not able)\b|i (?:can(?:['’]t|not| not)|won['’]t|will not|refuse)\b` +
	`|(?:es )?tut mir leid\b|ich kann (?:das|dabei|damit|hier)\b.*\bnicht\b|(?:je suis )?désolé|lo siento\b|mi dispiace\b|desculpe\b)`)
