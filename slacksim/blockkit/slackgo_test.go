package blockkit_test

import (
	"encoding/json"
	"testing"

	"github.com/slack-go/slack"

	"alignbot/slacksim/blockkit"
)

func words(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func formatted(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// What a bot builds with slack-go has to pass, or nobody could use the validator with it.
func TestTypicalSlackGoPayloadsPass(t *testing.T) {
	options := []*slack.OptionBlockObject{
		slack.NewOptionBlockObject("low", words("Low"), nil),
		slack.NewOptionBlockObject("high", words("High"), words("soon")),
	}
	priority := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, words("Pick one"), "priority", options...)
	priority.InitialOption = options[1]
	title := slack.NewPlainTextInputBlockElement(words("In one line"), "title")
	title.MaxLength = 150
	title.FocusOnLoad = true
	number := slack.NewNumberInputBlockElement(words("3"), "points", false)
	danger := slack.NewButtonBlockElement("withdraw", "ID-1", words("Withdraw"))
	danger.Style = slack.StyleDanger
	danger.Confirm = slack.NewConfirmationBlockObject(words("Withdraw?"), formatted("It stays in the history."), words("Withdraw"), words("Keep"))
	rich := slack.NewRichTextBlock("rich",
		slack.NewRichTextSection(slack.NewRichTextSectionTextElement("by ", &slack.RichTextSectionTextStyle{Italic: true}), slack.NewRichTextSectionUserElement("U012", nil)),
		slack.NewRichTextList(slack.RTEListBullet, 0, slack.NewRichTextSection(slack.NewRichTextSectionTextElement("one", nil))),
	)
	card := []slack.Block{
		slack.NewHeaderBlock(words("A faster search")),
		slack.NewSectionBlock(formatted("*ID-1* in discovery"), []*slack.TextBlockObject{formatted("*Owner*\n<@U012>")}, slack.NewAccessory(slack.NewOverflowBlockElement("more", options...))),
		rich,
		slack.NewDividerBlock(),
		slack.NewImageBlock("https://x.example/a.png", "A chart", "", words("Chart")),
		slack.NewContextBlock("", formatted("captured today")),
		slack.NewActionBlock("acts", slack.NewButtonBlockElement("edit", "ID-1", words("Edit")), danger, slack.NewDatePickerBlockElement("due")),
	}
	form := slack.ModalViewRequest{
		Type: slack.VTModal, Title: words("New idea"), Submit: words("Save"), Close: words("Cancel"), CallbackID: "idea", PrivateMetadata: `{"v":1}`, NotifyOnClose: true,
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("title", words("Title"), words("What, not how"), title),
			slack.NewInputBlock("priority", words("Priority"), nil, priority).WithOptional(true),
			slack.NewInputBlock("points", words("Points"), nil, number),
			slack.NewInputBlock("people", words("People"), nil, slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, words("Who"), "people")),
			slack.NewInputBlock("flags", words("Flags"), nil, slack.NewCheckboxGroupsBlockElement("flags", options...)),
			slack.NewInputBlock("mood", words("Mood"), nil, slack.NewRadioButtonsBlockElement("mood", options...)),
			slack.NewInputBlock("when", words("When"), nil, slack.NewTimePickerBlockElement("when")),
			slack.NewInputBlock("file", words("File"), nil, slack.NewFileInputBlockElement("file")),
		}},
	}
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: card}}

	encode := func(v any) []byte {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if ps := blockkit.Message(encode(card)); len(ps) > 0 {
		t.Errorf("message: %v", ps)
	}
	if ps := blockkit.View(encode(form)); len(ps) > 0 {
		t.Errorf("modal: %v", ps)
	}
	if ps := blockkit.View(encode(home)); len(ps) > 0 {
		t.Errorf("Home: %v", ps)
	}
}
