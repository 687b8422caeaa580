package bot

import (
	"hash/fnv"
	"io"
	"strconv"

	"github.com/slack-go/slack"
)

// anchor names the blocks of a view that hold buttons after what the buttons do, in
// place. Slack gives a block without a name a new one whenever the view is drawn, so a
// click at the moment of a redraw would name a block that is there no more, and be lost.
func anchor(blocks slack.Blocks) {
	taken := map[string]int{}
	name := func(elements ...slack.BlockElement) string {
		sum := fnv.New64a()
		for _, e := range elements {
			if b, is := e.(*slack.ButtonBlockElement); is {
				_, _ = io.WriteString(sum, b.ActionID+"\x00"+b.Value+"\x00") // a hash takes everything
			}
		}
		id := "b" + strconv.FormatUint(sum.Sum64(), 36)
		taken[id]++
		return id + "." + strconv.Itoa(taken[id])
	}
	for _, block := range blocks.BlockSet {
		switch b := block.(type) {
		case *slack.ActionBlock:
			if b.BlockID == "" && b.Elements != nil {
				b.BlockID = name(b.Elements.ElementSet...)
			}
		case *slack.SectionBlock:
			if b.BlockID == "" && b.Accessory != nil && b.Accessory.ButtonElement != nil {
				b.BlockID = name(b.Accessory.ButtonElement)
			}
		}
	}
}
