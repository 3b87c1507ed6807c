"""Whom the token is shown to: certificates, protocol versions, redirects, plain HTTP, proxies."""
import ssl
import unittest

from harness import TOKEN, EndToEnd
from raw_store import HOST, Authority, Proxy, RawStore, echo, reply, server_context


class WithAuthority(EndToEnd):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory / "ca")
        self.write_customers(3)

    def serve(self, context, answer=echo):
        store = RawStore(context, answer)
        self.addCleanup(store.close)
        return store

    def sync(self, code, store, *flags, host="127.0.0.1", authority=None, scheme="https", **more):
        ca_file = (authority or self.authority).certificate
        return self.expect(code, "sync", "customers.csv", *flags, CONSENT_SYNC_STORE_API_URL=f"{scheme}://{host}:{store.port}",
                           CONSENT_SYNC_STORE_CA_FILE=str(ca_file), CONSENT_SYNC_HTTP_TIMEOUT="5s",
                           CONSENT_SYNC_RETRY_GIVE_UP_AFTER="1s", **more)

    def context(self, name="leaf", **how):
        return server_context(*self.authority.make(name, **{"names": f"DNS:{HOST},IP:127.0.0.1", **how}))


class Certificates(WithAuthority):
    def refused(self, context, words, **how):
        """Nothing is sent to such a store, not even a header, and the sentence says what is wrong with it."""
        store = self.serve(context)
        result = self.sync(2, store, **how)
        self.assertRegex(result.err, words)
        self.assertIn("store.ca_file", result.err)
        self.assertEqual(store.requests, [])
        self.forget_ledger()

    def test_certificates_of_both_kinds_of_key_are_accepted(self):
        for key in ("rsa", "ec"):
            with self.subTest(key=key):
                store = self.serve(self.context(key, key=key))
                self.sync(0, store)
                self.assertEqual(len(store.requests), 3)
                self.assertEqual(store.requests[0].headers["x-auth-token"], TOKEN)
                self.forget_ledger()

    def test_a_chain_with_an_intermediate_is_followed_and_one_without_it_is_not(self):
        self.authority.make("middle", ca=True)
        certificate, key = self.authority.make("leaf", issuer="middle", names="IP:127.0.0.1")
        self.refused(server_context(certificate, key), "unable to get local issuer certificate")
        self.sync(0, self.serve(server_context(self.authority.chain("leaf", "middle"), key)))

    def test_a_certificate_that_does_not_fit_is_refused_before_anything_is_sent(self):
        other = Authority(self.directory / "other")
        self.refused(self.context("stranger"), "self.signed certificate|unable to get local issuer", authority=other)
        self.refused(self.context("alone", issuer=None), "self.signed certificate")
        self.refused(self.context("old", days=(-30, -1)), "certificate has expired")
        self.refused(self.context("early", days=(1, 30)), "not yet valid")
        self.refused(self.context("elsewhere", names="IP:127.0.0.2"), "IP address mismatch")
        self.refused(self.context("named", names="DNS:other.test"), "ostname mismatch", host="localhost")

    def test_old_versions_of_tls_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.subTest(version=version):
                context = self.context("old")
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version, context.maximum_version = version, version
                store = self.serve(context)
                result = self.sync(5, store)
                self.assertRegex(result.err, "TLS handshake with 127.0.0.1:.*(protocol version|unsupported protocol)")
                self.assertEqual(store.requests, [])
                self.forget_ledger()

    def test_a_session_is_resumed_when_a_connection_is_opened_again(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version=version):
                context = self.context("leaf")
                context.minimum_version, context.maximum_version = version, version
                store = self.serve(context, lambda request: reply(request.body, headers=["Connection: close"]))
                self.sync(0, store, "--http-connections", "1")
                self.forget_ledger()
                self.assertEqual([reused for _, reused in store.handshakes], [False, True, True])

    def test_a_redirect_takes_the_token_nowhere(self):
        other = self.serve(self.context("other"))
        for status in ("301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
            with self.subTest(status=status):
                location = f"Location: https://127.0.0.1:{other.port}/elsewhere"
                store = self.serve(self.context("leaf"), lambda request: reply(b"", status, [location]))
                result = self.sync(2, store)
                self.assertIn('points to "…"', result.err)
                self.assertIn("elsewhere", self.summary()["stop_reason"])
                self.assertEqual(len(other.requests), 0)
                self.forget_ledger()
        self.assertEqual(other.connections, 0)

    def test_plain_http_is_for_this_machine_and_on_demand_only(self):
        store = self.serve(None)
        self.assertIn("not encrypted", self.sync(2, store, scheme="http").err)
        self.assertEqual(store.connections, 0)
        self.sync(0, store, "--store-allow-plain-http", scheme="http")
        self.assertEqual(len(store.requests), 3)
        told = self.run_program("doctor", "--store-allow-plain-http", CONSENT_SYNC_STORE_API_URL=f"http://127.0.0.1:{store.port}").out
        self.assertIn("without encryption", told)
        self.assertNotIn("certificate", told)
        self.forget_ledger()
        for host in ("10.0.0.1", "store.test", "localhost.store.test"):
            self.forget_ledger()
            self.assertIn("this machine itself", self.sync(2, store, "--store-allow-plain-http", scheme="http", host=host).err)


class Proxies(WithAuthority):
    def setUp(self):
        super().setUp()
        self.store = self.serve(self.context("leaf", names=f"DNS:{HOST}"))

    def proxy(self, **how):
        proxy = Proxy(self.store, **how)
        self.addCleanup(proxy.close)
        return proxy

    def through(self, code, proxy, user="", variable="HTTPS_PROXY", **more):
        address = f"http://{user}127.0.0.1:{proxy.port}"
        return self.sync(code, self.store, host=HOST, **{variable: address, **more})

    def test_the_store_is_reached_through_a_tunnel_and_the_proxy_looks_up_its_name(self):
        for variable in ("HTTPS_PROXY", "https_proxy"):
            proxy = self.proxy()
            self.through(0, proxy, variable=variable)
            self.assertEqual(proxy.asked[0].method, "CONNECT")
            self.assertEqual(proxy.asked[0].target, f"{HOST}:{self.store.port}")
            self.assertNotIn("x-auth-token", proxy.asked[0].headers)
            self.forget_ledger()
        self.assertEqual(len(self.store.requests), 6)

    def test_a_proxy_that_wants_a_password_gets_it_and_nobody_else_does(self):
        proxy = self.proxy(credentials="us:er:p@ss word")
        self.through(0, proxy, user="us%3Aer:p%40ss%20word@")
        self.assertNotIn("proxy-authorization", self.store.requests[0].headers)
        self.forget_ledger()
        result = self.through(2, proxy, user="us:wrong-secret@")
        self.assertRegex(result.err, r"The proxy 127\.0\.0\.1:\d+ does not let us through to store\.test:\d+ \(status 407\)")
        self.assertNotIn("wrong-secret", result.err + result.out)

    def test_a_proxy_that_cannot_reach_the_store_now_is_asked_again(self):
        result = self.through(5, self.proxy(refusal="503 Service Unavailable"))
        self.assertIn("(status 503)", result.err)
        self.assertGreater(result.err.count("status 503"), 0)

    def test_a_proxy_that_is_not_there_is_named(self):
        proxy = self.proxy()
        proxy.close()
        result = self.through(5, proxy, CONSENT_SYNC_RETRY_ATTEMPTS="20")
        self.assertRegex(result.err, r"Connecting to the proxy 127\.0\.0\.1:\d+: Connection refused")

    def test_the_certificate_is_the_store_s_also_through_a_proxy(self):
        stranger = self.serve(self.context("stranger", names="DNS:other.test"))
        proxy = self.proxy()
        proxy.store = stranger
        self.assertIn("ostname mismatch", self.through(2, proxy).err)
        self.assertEqual(stranger.requests, [])

    def test_hosts_in_no_proxy_and_this_machine_are_reached_directly(self):
        proxy = self.proxy()
        for exempt in (HOST, ".test", "example.com, test", "*"):
            # Without the proxy nobody knows the name.
            self.assertIn(f"Looking up the address of {HOST}", self.through(5, proxy, NO_PROXY=exempt).err)
            self.forget_ledger()
        self.through(0, proxy, NO_PROXY="other.test,tore.test,store.test.example.com")
        self.forget_ledger()
        asked = len(proxy.asked)
        self.store = self.serve(self.context("local"))
        self.sync(0, self.store, HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}")
        self.assertEqual(len(proxy.asked), asked)

    def test_an_address_of_a_proxy_that_cannot_be_used_is_refused_without_being_repeated(self):
        for address in ("socks5://secret@proxy:1080", "https://secret@proxy:3128", "http://secret@proxy", "http://:80",
                        "http://se%zzcret@proxy:80", "http://secret@proxy:80/path", "http://secret@proxy:99999"):
            with self.subTest(address=address):
                result = self.sync(2, self.store, host=HOST, HTTPS_PROXY=address)
                self.assertIn("HTTPS_PROXY", result.err)
                self.assertNotIn("secret", result.err)


if __name__ == "__main__":
    unittest.main()
