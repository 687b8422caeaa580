package bot

import (
	"fmt"
	"testing"

	"github.com/slack-go/slack"
)

func TestAnchorsStayWhereTheyAre(t *testing.T) {
	button := func(action, value string) *slack.ButtonBlockElement {
		return slack.NewButtonBlockElement(action, value, slack.NewTextBlockObject(slack.PlainTextType, "Words", false, false))
	}
	text := slack.NewTextBlockObject(slack.PlainTextType, "words", false, false)
	view := func(above int) (ids []string) {
		var all []slack.Block
		for i := range above {
			all = append(all, slack.NewActionBlock("", button("more", fmt.Sprint(i))))
		}
		all = append(all, slack.NewActionBlock("", button("show", "PAY-1"), button("park", "PAY-1")), slack.NewSectionBlock(text, nil, slack.NewAccessory(button("open", "PAY-2"))),
			slack.NewSectionBlock(text, nil, slack.NewAccessory(button("open", "PAY-2"))), slack.NewActionBlock("own", button("show", "PAY-3")), slack.NewDividerBlock())
		anchor(slack.Blocks{BlockSet: all})
		for _, block := range all[above:] {
			ids = append(ids, block.ID())
		}
		return ids
	}
	once, again := view(0), view(3)
	met := map[string]bool{}
	for i, id := range once[:4] {
		if id == "" || met[id] || len(id) > 255 {
			t.Errorf("block %d is called %q", i, id)
		}
		met[id] = true
		if again[i] != id {
			t.Errorf("block %d was called %q, and below others %q", i, id, again[i])
		}
	}
	if once[3] != "own" || once[4] != "" {
		t.Errorf("%q", once)
	}
}
