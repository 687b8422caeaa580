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
// and an app token.
const envFloor = "ALIGNBOT_PROOF_FLOOR"

// floor is the least that an app can do: it acknowledges every envelope, at once and
// with nothing, and ends with its socket.
func floor() {
	address, token, _ := strings.Cut(os.Getenv(envFloor), " ")
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
		if socket.WriteMessage(websocket.TextMessage, []byte(`{"envelope_id":"`+envelope.ID+`"}`)) != nil {
			return
		}
	}
}
