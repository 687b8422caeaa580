package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alignbot/storage/redistest"
)

// certificate makes a certificate for 127.0.0.1 that vouches for itself, and
// gives the files of it and of its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "redis of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// rediss:// speaks TLS, and believes the certificates that the machine, or
// SSL_CERT_FILE, vouches for and no others.
func TestRedisOverTLS(t *testing.T) {
	redistest.Require(t)
	cert, key := certificate(t)
	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	redistest.StartServer(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no")
	environ := []string{"ALIGNBOT_REDIS_URL=rediss://" + address}

	trusting, stdout, stderr := process(t, append(environ, "SSL_CERT_FILE="+cert), "backup", "-")
	if err := trusting.Wait(); err != nil {
		t.Errorf("with the certificate: %v\n%s", err, stderr)
	}
	if written, _ := stdout.now(); !strings.Contains(written, "alignbot-backup") {
		t.Errorf("no backup was written: %s", written)
	}
	wary, _, stderr := process(t, environ, "backup", "-")
	if err := wary.Wait(); err == nil {
		t.Error("a certificate that nobody vouches for was believed")
	}
	if said, _ := stderr.now(); !strings.Contains(said, address) || !strings.Contains(said, "SSL_CERT_FILE") {
		t.Errorf("it does not say what is wrong: %s", said)
	}
}
