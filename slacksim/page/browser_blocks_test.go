package page_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"testing"

	"alignbot/slacksim/page/browsertest"
)

func TestEveryKindOfBlockIsDrawnInTheBrowser(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	for _, name := range []string{"message", "richtext", "tables", "newer"} {
		data, err := os.ReadFile("blockhtml/testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var sample struct{ Blocks []json.RawMessage }
		if err := json.Unmarshal(data, &sample); err != nil {
			t.Fatal(err)
		}
		// What the sim refuses, as Slack would, is left out: one block a message.
		for _, block := range sample.Blocks {
			form := url.Values{"channel": {"C0RANDOM"}, "text": {"A block"}, "blocks": {"[" + string(block) + "]"}}
			form.Set("token", sim.BotToken())
			response, err := http.PostForm(sim.APIURL()+"chat.postMessage", form)
			if err != nil {
				t.Fatal(err)
			}
			var reply struct {
				OK    bool
				Error string
			}
			err = json.NewDecoder(response.Body).Decode(&reply)
			response.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if !reply.OK {
				t.Logf("refused: %s %s", reply.Error, block)
			}
		}
	}
	tab.Go(address + "/?as=alice&in=C0RANDOM")
	tab.Size(1280, 2400)
	tab.See(".message", "PAY-12")
	tab.See(".unsupported", "plan block")
	tab.Shot("blocks-light")
	tab.Dark(true)
	tab.Shot("blocks-dark")
	tab.NoFaults()
}
