package proof

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/gorilla/websocket"
)

// envFloor makes the test's own executable be the floor: the local Slack's address
// and an app token, and a third word when it answers.
const envFloor = "ALIGNBOT_PROOF_FLOOR"

// typicalAnswer is what an acknowledgement holds that answers a capture.
const typicalAnswer = `,"payload":{"response_type":"ephemeral","text":"Captured as PAY-1001: Export invoices as CSV","blocks":[` +
	`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Captured as "},{"type":"text","text":"PAY-1001","style":{"bold":true}},{"type":"text","text":"  Export invoices as CSV"}]}]},` +
	`{"type":"context","elements":[{"type":"mrkdwn","text":"Its card goes to <#C0PAYMENTS>.","verbatim":true}]},` +
	`{"type":"section","text":{"type":"mrkdwn","text":"One question is open: which outcome is it for? It needs that to be validated.","verbatim":true}},` +
	`{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Take to discovery","emoji":false},"action_id":"floor:1","value":"idea=PAY-1001&to=discovery","accessibility_label":"Take to discovery PAY-1001"},` +
	`{"type":"button","text":{"type":"plain_text","text":"Link an outcome","emoji":false},"action_id":"floor:2","value":"idea=PAY-1001","accessibility_label":"Link an outcome to PAY-1001"},` +
	`{"type":"button","text":{"type":"plain_text","text":"Details","emoji":false},"action_id":"floor:3","value":"idea=PAY-1001","accessibility_label":"Details of PAY-1001"},` +
	`{"type":"button","text":{"type":"plain_text","text":"Park…","emoji":false},"action_id":"floor:4","value":"idea=PAY-1001","accessibility_label":"Park… PAY-1001"},` +
	`{"type":"button","text":{"type":"plain_text","text":"Edit","emoji":false},"action_id":"floor:5","value":"idea=PAY-1001","accessibility_label":"Edit PAY-1001"}]}]}`

// floor is the least that an app can do: it acknowledges every envelope at once, with
// nothing or with the same answer, and ends with its socket.
func floor() {
	order := strings.Fields(os.Getenv(envFloor))
	address, token := order[0], order[1]
	answer := ""
	if len(order) > 2 {
		answer = typicalAnswer
	}
	request, err := http.NewRequest(http.MethodPost, address+"apps.connections.open", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	var opened struct{ URL, Error string }
	err = json.NewDecoder(reply.Body).Decode(&opened)
	reply.Body.Close()
	if err != nil || opened.URL == "" {
		log.Fatal("no socket: ", opened.Error, err)
	}
	socket, _, err := websocket.DefaultDialer.Dial(opened.URL, nil)
	if err != nil {
		log.Fatal(err)
	}
	for {
		_, frame, err := socket.ReadMessage()
		if err != nil {
			return
		}
		var envelope struct {
			ID string `json:"envelope_id"`
		}
		if json.Unmarshal(frame, &envelope) != nil || envelope.ID == "" {
			continue
		}
		if socket.WriteMessage(websocket.TextMessage, []byte(`{"envelope_id":"`+envelope.ID+`"`+answer+`}`)) != nil {
			return
		}
	}
}
