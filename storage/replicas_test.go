package storage

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"
)

// TestWaitingForReplicas: a change counts only once a replica has it, also
// when it is repeated after nobody confirmed it.
func TestWaitingForReplicas(t *testing.T) {
	master := redistest.StartServer(t, "--repl-diskless-sync-delay", "0")
	s := withTeam(t, open(t, master.URL()))
	waiting := openWith(t, Settings{URL: master.URL(), WaitReplicas: 1, Timeout: time.Second}).Workspace(s.id)
	alone, err := waiting.Capture(t.Context(), "op1", idea("x"), Slot{})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "0 of 1 replicas") {
		t.Fatalf("without a replica: %v, %v", alone, err)
	}
	if err := waiting.db.Ready(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ready without a replica: %v", err)
	}
	host, port, _ := net.SplitHostPort(master.Addr)
	replica := redistest.StartServer(t, "--replicaof", host+" "+port)
	var stored pipeline.Idea
	waitFor(t, "the replica to be in step", func() bool {
		stored, err = waiting.Capture(t.Context(), "op1", idea("x"), Slot{})
		return err == nil
	})
	if stored.Key.Number != 1 {
		t.Errorf("captured as %s, want PAY-1", stored.Key)
	}
	waitFor(t, "the replica to confirm in time", func() bool { return waiting.db.Ready(t.Context()) == nil })
	replica.Freeze()
	defer replica.Thaw()
	for range 2 { // the repetition writes nothing new, and is not confirmed either
		if _, err := waiting.Capture(t.Context(), "op2", idea("y"), Slot{}); !errors.Is(err, ErrUnavailable) {
			t.Errorf("with a frozen replica: %v", err)
		}
	}
	t.Run("in a cluster without replicas", func(t *testing.T) {
		s := workspace(t, openWith(t, Settings{URL: sharedCluster(), WaitReplicas: 1}))
		if _, err := s.SetUpTeam(t.Context(), "op1", payments()); !errors.Is(err, ErrUnavailable) {
			t.Errorf("error is %v", err)
		}
	})
}

// TestEveryReplicaThatKeepsUpIsWaitedFor: where one has to confirm, the others must too
// unless they are gone.
func TestEveryReplicaThatKeepsUpIsWaitedFor(t *testing.T) {
	master := redistest.StartServer(t, "--repl-diskless-sync-delay", "0")
	s := withTeam(t, open(t, master.URL()))
	waiting := openWith(t, Settings{URL: master.URL(), WaitReplicas: 1, Timeout: time.Second}).Workspace(s.id)
	host, port, _ := net.SplitHostPort(master.Addr)
	var replicas [2]*redistest.Server
	for i := range replicas {
		replicas[i] = redistest.StartServer(t, "--replicaof", host+" "+port)
	}
	var op int
	stored := func() error {
		op++
		_, err := waiting.Capture(t.Context(), fmt.Sprint("op", op), idea("x"), Slot{})
		return err
	}
	known := func() int {
		before, _ := waiting.db.replicas.Load("")
		known, _ := before.(keepingUp)
		return known.count
	}
	waitFor(t, "both to keep up", func() bool { return stored() == nil && known() == len(replicas) })
	replicas[0].Freeze()
	if err := stored(); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "1 of 2 replicas") {
		t.Errorf("while one stands still: %v", err)
	}
	waitFor(t, "it to be given up", func() bool { return stored() == nil })
	replicas[0].Thaw()
	waitFor(t, "it to be back", func() bool { return stored() == nil && known() == len(replicas) })
	replicas[0].Kill()
	if err := stored(); err != nil { // the master knows at once that its connection is gone
		t.Errorf("when one is gone: %v", err)
	}
	replicas[1].Kill()
	if err := stored(); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "0 of 1 replicas") {
		t.Errorf("when both are gone: %v", err)
	}
}

func TestReplicasThatKeepUpAreCounted(t *testing.T) {
	said := "# Replication\r\nrole:master\r\nconnected_slaves:5\r\n" +
		"slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=0\r\n" +
		"slave1:ip=10.0.0.3,port=6379,state=online,offset=14,lag=2\r\n" +
		"slave2:ip=10.0.0.4,port=6379,state=online,offset=7,lag=3\r\n" +
		"slave3:ip=10.0.0.5,port=6379,state=wait_bgsave,offset=0,lag=0\r\n" +
		"slave4:ip=10.0.0.6,port=6379,state=online,offset=14,lag=9\r\nmaster_failover_state:no-failover\r\n"
	if got := replicasIn(said); got != 2 {
		t.Errorf("%d keep up", got)
	}
	if got := replicasIn("role:slave"); got != 0 {
		t.Errorf("%d keep up with a replica", got)
	}
}
