package commands

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// viewBytes is how large a form may be that is sent: Slack takes 250 kB, in which
// each of &, < and > that somebody typed counts six bytes.
// https://docs.slack.dev/reference/methods/views.open
const viewBytes = 245_000

// sizeOf is how many bytes something takes in what is sent to Slack.
func sizeOf(drawing any) int {
	encoded, err := json.Marshal(drawing)
	if err != nil {
		return 0 // then it is not sent either
	}
	return len(encoded)
}

// fit shortens the longest of the texts that a form only shows until Slack takes it.
func fit(view *slack.ModalViewRequest) *slack.ModalViewRequest {
	for longest := 240; longest >= 30 && sizeOf(view) > viewBytes; longest /= 2 {
		for _, block := range view.Blocks.BlockSet {
			if said, ok := block.(*slack.RichTextBlock); ok {
				for _, paragraph := range said.Elements {
					shorten(paragraph, longest)
				}
			}
		}
	}
	return view
}

func shorten(paragraph slack.RichTextElement, longest int) {
	var runs []slack.RichTextSectionElement
	switch paragraph := paragraph.(type) {
	case *slack.RichTextSection:
		runs = paragraph.Elements
	case *slack.RichTextQuote:
		runs = paragraph.Elements
	}
	for _, run := range runs {
		if text, ok := run.(*slack.RichTextSectionTextElement); ok {
			text.Text = pipeline.Cut(text.Text, longest)
		}
	}
}
