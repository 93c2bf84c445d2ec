// Package pusher brings messages out of files and to the gateway: NDJSON, JSON,
// XML and CSV, compressed or not, from a commune's bad line or a whole
// register's export.
//
//	in, err := pusher.Open(pusher.InputOptions{Files: []string{"hoso.ndjson.gz"}})
//	defer in.Close()
//	for {
//		m, err := in.Next(ctx) // io.EOF at the end
//		…
//	}
//
// An [Input] holds one message at a time, however large the files are. [Push]
// sends it to a running API in batches, remembers in a small file what was
// acknowledged, and writes down what was rejected. The bulk load of the same
// input, straight to the database, is gateway.Loader.
package pusher
