/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every form of a word, as it is read; the remarks are column and sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>

#include "kboot/network/config.h"

struct form {
	const char *text;
	const char *read; /* what dump() makes of it, and then the remarks */
};

static void put_ip(struct kb_buf *out, const char *before, const struct kb_ip *ip)
{
	char buf[KB_IP_TEXT];

	if (ip->family != 0) {
		kb_buf_printf(out, "%s%s", before,
			      ip->prefix == kb_ip_bits(ip) ? kb_ip_print(ip, buf)
							   : kb_ip_print_prefix(ip, buf));
	}
}

static void put_mac(struct kb_buf *out, const char *before, const struct kb_mac *mac)
{
	char buf[KB_MAC_TEXT];

	if (mac->is_set) {
		kb_buf_printf(out, "%s%s", before, kb_mac_print(mac, buf));
	}
}

static void put_link(struct kb_buf *out, const struct kb_net_link *l)
{
	static const char *const methods[] = {"dhcp",  "off",     "static", "dhcp6",
					      "auto6", "either6", "link6",  "ibft"};

	kb_buf_printf(out, "%s %s", l->name[0] ? l->name : "*", methods[l->method]);
	put_mac(out, " is ", &l->mac);
	put_ip(out, " ", l->method == KB_NET_STATIC ? &l->address : &(struct kb_ip){0});
	put_ip(out, " peer ", &l->peer);
	put_ip(out, " via ", &l->gateway);
	if (l->mtu > 0) {
		kb_buf_printf(out, " mtu %u", l->mtu);
	}
	put_mac(out, " mac ", &l->new_mac);
	if (l->hostname[0]) {
		kb_buf_printf(out, " host %s", l->hostname);
	}
	if (l->client_id[0]) {
		kb_buf_printf(out, " id %u %s", l->client_id_type, l->client_id);
	}
	kb_buf_puts(out, "\n");
}

static void put_virtual(struct kb_buf *out, const struct kb_net_virtual *v)
{
	static const char *const kinds[] = {"vlan", "bond", "bridge"};

	kb_buf_printf(out, "%s %s:", kinds[v->kind], v->name);
	for (unsigned i = 0; i < v->n_ports; i++) {
		kb_buf_printf(out, " %s", v->ports[i]);
	}
	if (v->kind == KB_NET_VLAN) {
		kb_buf_printf(out, " id %u", v->vlan);
	}
	kb_buf_puts(out, v->options[0] ? " " : "");
	kb_buf_puts(out, v->options);
	if (v->mtu > 0) {
		kb_buf_printf(out, " mtu %u", v->mtu);
	}
	kb_buf_puts(out, "\n");
}

static void dump(struct kb_buf *out, const struct kb_net_config *c)
{
	kb_buf_puts(out, c->is_off ? "off\n" : "");
	kb_buf_puts(out, c->single ? "single\n" : "");
	for (unsigned i = 0; i < c->n_links; i++) {
		put_link(out, &c->links[i]);
	}
	for (unsigned i = 0; i < c->n_virtuals; i++) {
		put_virtual(out, &c->virtuals[i]);
	}
	for (unsigned i = 0; i < c->n_routes; i++) {
		put_ip(out, "to ", &c->routes[i].to);
		put_ip(out, " via ", &c->routes[i].via);
		kb_buf_printf(out, " %s\n", c->routes[i].name);
	}
	for (unsigned i = 0; i < c->n_dns; i++) {
		put_ip(out, "dns ", &c->dns[i]);
		kb_buf_puts(out, "\n");
	}
	for (unsigned i = 0; i < c->n_ntp; i++) {
		put_ip(out, "ntp ", &c->ntp[i]);
		kb_buf_puts(out, "\n");
	}
	for (unsigned i = 0; i < c->n_aliases; i++) {
		put_mac(out, "called ", &c->aliases[i].mac);
		kb_buf_printf(out, " %s\n", c->aliases[i].name);
	}
	put_mac(out, "boot ", &c->boot_mac);
	kb_buf_printf(out, "%s%s%s", c->boot_device,
		      c->boot_device[0] ? " is the boot device\n" : "",
		      c->ignore_peer_dns ? "no dns of others\n" : "");
}

static void remark(void *ctx, const struct kb_diag *diag)
{
	kb_buf_printf(ctx, "%u %s\n", diag->at.column, diag->text);
}

static bool check(const struct form *form, bool is_setting)
{
	KB_BUF struct kb_buf remarks = {0};
	KB_BUF struct kb_buf out = {0};
	struct kb_net_config config = {0};
	const struct kb_diag_sink sink = {remark, &remarks};

	kb_buf_puts(&out, "");
	(is_setting ? kb_net_config_from_setting
		    : kb_net_config_from_cmdline)(&config, kb_str_from(form->text), &sink);
	dump(&out, &config);
	kb_buf_str(&out, kb_buf_view(&remarks));
	if (strcmp(out.data, form->read) != 0) {
		print_error("%s\n-- is read as\n%s-- and should be\n%s", form->text, out.data,
			    form->read);
	}
	return strcmp(out.data, form->read) == 0 &&
	       config.is_said == (config.n_links > 0 || config.is_off);
}

static void check_all(const struct form *forms, size_t n, bool is_setting)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		bad += !check(&forms[i], is_setting);
	}
	assert_int_equal(bad, 0);
}

static void test_methods(void **state)
{
	static const struct form forms[] = {
		{"", ""},
		{"root=/dev/sda1 quiet mtu=1500", ""},
		{"ip=dhcp", "* dhcp\n"},
		{"quiet ip=on ro", "* dhcp\n"},
		{"ip=any", "* dhcp\n"},
		{"ip=both", "* dhcp\n"},
		{"ip=bootp", "* dhcp\n"},
		{"ip=rarp", "* dhcp\n"},
		{"ip=off", "off\n"},
		{"ip=none", "off\n"},
		{"ip=::::::off", "off\n"},
		{"ip=dhcp6", "* dhcp6\n"},
		{"ip=auto6", "* auto6\n"},
		{"ip=either6", "* either6\n"},
		{"ip=link6", "* link6\n"},
		{"ip=ibft", "* ibft\n"},
		{"ip=single-dhcp", "single\n* dhcp\n"},
		{"ip=dhcp,1,me", "* dhcp id 1 me\n"},
		{"ip=eth0:dhcp,0,an:id", "19 `ip=eth0:dhcp,0,an:id`: an MTU is a "
					 "number from 68 to 65535; ignored\n"},
		{"ip=dhcp,x,me", "9 `ip=dhcp,x,me`: a client identifier is dhcp,TYPE,TEXT; "
				 "ignored\n"},
		{"ip=dchp", "4 `ip=dchp`: neither an address nor a way to get one; ignored\n"},
		{"ip=", "1 `ip=`: nothing is behind it; ignored\n"},
		{"\"ip=dhcp\"", "* dhcp\n"},
		{"init=\"/x ip=dhcp\"", ""},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_devices(void **state)
{
	static const struct form forms[] = {
		{"ip=eth0:dhcp", "eth0 dhcp\n"},
		{"ip=eth0:off", "eth0 off\n"},
		{"ip=ens3:auto6:1400", "ens3 auto6 mtu 1400\n"},
		{"ip=ens3:dhcp:1400:52:54:00:12:34:56",
		 "ens3 dhcp mtu 1400 mac 52:54:00:12:34:56\n"},
		{"ip=ens3:dhcp::52-54-00-12-34-56", "ens3 dhcp mac 52:54:00:12:34:56\n"},
		{"ip=eth0:dhcp ip=eth1:dhcp6", "eth0 dhcp\neth1 dhcp6\n"},
		{"x ip=eth0:dhcp:67", "16 `ip=eth0:dhcp:67`: an MTU is a number from 68 to 65535; "
				      "ignored\n"},
		{"ip=eth0:dhcp::52:54", "15 `ip=eth0:dhcp::52:54`: a card's address is wanted "
					"there, as 52:54:00:12:34:56; ignored\n"},
		{"ip=../x:dhcp", "4 `ip=../x:dhcp`: no interface can have such a name; ignored\n"},
		{"ip=-x:dhcp", "4 `ip=-x:dhcp`: no interface can have such a name; ignored\n"},
		{"ip=:dhcp", "* dhcp\n"},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_long_form(void **state)
{
	static const struct form forms[] = {
		{"ip=10.0.0.5::10.0.0.1:255.255.255.0:me:eth0:none",
		 "eth0 static 10.0.0.5/24 via 10.0.0.1 host me\n"},
		{"ip=10.0.0.5::10.0.0.1:24:me.my.net:eth0:off",
		 "eth0 static 10.0.0.5/24 via 10.0.0.1 host me.my.net\n"},
		{"ip=10.0.0.5:10.0.0.2:10.0.0.1:255.255.255.0",
		 "* static 10.0.0.5/24 peer 10.0.0.2 via 10.0.0.1\n"},
		{"ip=10.0.0.5:10.0.0.2/30", "* static 10.0.0.5/8 peer 10.0.0.2/30\n"},
		{"ip=10.0.0.5/32::10.0.0.1:::eth0", "eth0 static 10.0.0.5 via 10.0.0.1\n"},
		{"ip=172.16.0.5:::::eth0", "eth0 static 172.16.0.5/16\n"},
		{"ip=192.168.0.5:::::eth0", "eth0 static 192.168.0.5/24\n"},
		{"ip=:::::eth0:dhcp", "eth0 dhcp\n"},
		{"ip=:::::eth0:", "eth0 dhcp\n"},
		{"ip=:::::eth0:off", "eth0 off\n"},
		{"ip=::::me::dhcp", "* dhcp host me\n"},
		{"ip=10.0.0.5:::255.0.0.0::eth0:dhcp", "eth0 dhcp\n"},
		{"ip=10.0.0.5::0.0.0.0:24::eth0:none:0.0.0.0:1.1.1.1",
		 "eth0 static 10.0.0.5/24\ndns 1.1.1.1\n"},
		{"ip=10.0.0.5::10.0.0.1:24::eth0:none:1.1.1.1:8.8.8.8:10.0.0.9",
		 "eth0 static 10.0.0.5/24 via 10.0.0.1\ndns 1.1.1.1\ndns 8.8.8.8\nntp 10.0.0.9\n"},
		{"ip=10.0.0.5::10.0.0.1:24::eth0:none:1400:52:54:00:12:34:56",
		 "eth0 static 10.0.0.5/24 via 10.0.0.1 mtu 1400 mac 52:54:00:12:34:56\n"},
		{"ip=10.0.0.5::10.0.0.1:24::eth0:none::52-54-00-12-34-56",
		 "eth0 static 10.0.0.5/24 via 10.0.0.1 mac 52:54:00:12:34:56\n"},
		{"ip=10.0.0.5:::24::eth0:none::1.1.1.1", "eth0 static 10.0.0.5/24\ndns 1.1.1.1\n"},
		{"ip=[2001:db8::5]::[2001:db8::1]:64:me:eth0:none:[2001:db8::53]",
		 "eth0 static 2001:db8::5/64 via 2001:db8::1 host me\ndns 2001:db8::53\n"},
		{"ip=[2001:db8::5/48]:::::eth0", "eth0 static 2001:db8::5/48\n"},
		{"ip=[2001:db8::5]:::::eth0", "eth0 static 2001:db8::5/64\n"},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_wrong_fields(void **state)
{
	static const struct form forms[] = {
		{"ip=10.0.0.5::gw:24::eth0:none",
		 "14 `ip=10.0.0.5::gw:24::eth0:none`: an address is wanted there; ignored\n"},
		{"ip=10.0.0.5:::255.0.255.0::eth0",
		 "15 `ip=10.0.0.5:::255.0.255.0::eth0`: the size of a network is wanted there, as "
		 "24 or 255.255.255.0; ignored\n"},
		{"ip=[2001:db8::5]:::255.0.0.0::eth0",
		 "20 `ip=[2001:db8::5]:::255.0.0.0::eth0`: the size of a network is wanted there, "
		 "as 64; ignored\n"},
		{"ip=10.0.0.5::[::1]:24::eth0:none",
		 "15 `ip=10.0.0.5::[::1]:24::eth0:none`: one is IPv4, the other IPv6; ignored\n"},
		{"ip=10.0.0.5:::24:a$b:eth0", "18 `ip=10.0.0.5:::24:a$b:eth0`: a host name is "
					      "letters, digits, - and .; ignored\n"},
		{"ip=10.0.0.5:::24::eth0:nine",
		 "24 `ip=10.0.0.5:::24::eth0:nine`: neither an address nor a way to get one; "
		 "ignored\n"},
		{"ip=10.0.0.5:::24::eth0:none:1.1.1.1:2.2.2.2:3.3.3.3:x",
		 "53 `ip=10.0.0.5:::24::eth0:none:1.1.1.1:2.2.2.2:3.3.3.3:x`: there is nothing "
		 "behind the time server; ignored\n"},
		{"ip=1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:g:h",
		 "36 `ip=1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:g:h`: too many fields; ignored\n"},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_cluster(void **state)
{
	static const struct form forms[] = {
		{"ip=10.0.0.5 netmask=255.255.0.0 gateway=10.0.0.1 hostname=me mtu=1400 "
		 "ksdevice=eth1 nameserver=1.1.1.1",
		 "eth1 static 10.0.0.5/16 via 10.0.0.1 mtu 1400 host me\ndns 1.1.1.1\n"},
		{"ksdevice=52:54:00:12:34:56 ip=10.0.0.5",
		 "* static is 52:54:00:12:34:56 10.0.0.5/8\n"},
		{"ksdevice=link ip=10.0.0.5", "* static 10.0.0.5/8\n"},
		{"ip=2001:db8::5/64 gateway=2001:db8::1",
		 "* static 2001:db8::5/64 via 2001:db8::1\n"},
		{"ip=10.0.0.5 gateway=x",
		 "* static 10.0.0.5/8\n21 `gateway=x`: an address is wanted there; ignored\n"},
		{"ip=10.0.0.5 gateway=::1", "* static 10.0.0.5/8\n21 `gateway=::1`: one is IPv4, "
					    "the other IPv6; ignored\n"},
		/* Somebody else's, where no address stands alone. */
		{"ip=dhcp gateway=x hostname=$", "* dhcp\n"},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_other_words(void **state)
{
	static const struct form forms[] = {
		{"nameserver=1.1.1.1 nameserver=2001:db8::53 nameserver=[2001:db8::54]",
		 "dns 1.1.1.1\ndns 2001:db8::53\ndns 2001:db8::54\n"},
		{"nameserver=1.1.1.1 nameserver=1.1.1.2 nameserver=1.1.1.3 nameserver=1.1.1.4",
		 "dns 1.1.1.1\ndns 1.1.1.2\ndns 1.1.1.3\n58 `nameserver=1.1.1.4`: more than 3 of "
		 "them; ignored\n"},
		{"nameserver=one", "12 `nameserver=one`: an address is wanted there; ignored\n"},
		{"nameserver=", "1 `nameserver=`: an address is missing; ignored\n"},
		{"BOOTIF=01-52-54-00-AB-cd-ef", "boot 52:54:00:ab:cd:ef"},
		{"BOOTIF=20-52-54-00-ab-cd-ef", "boot 52:54:00:ab:cd:ef"},
		{"BOOTIF=01:52:54:00:ab:cd:ef", "boot 52:54:00:ab:cd:ef"},
		{"BOOTIF=52:54:00:ab:cd:ef", "boot 52:54:00:ab:cd:ef"},
		{"BOOTIF=01-52-54-00-ab-cd-ef rd.bootif=0", ""},
		{"BOOTIF=eth0", "8 `BOOTIF=eth0`: a card's address is wanted there, as "
				"52:54:00:12:34:56; ignored\n"},
		{"rd.route=10.9.0.0/16:10.0.0.1:eth0", "to 10.9.0.0/16 via 10.0.0.1 eth0\n"},
		{"rd.route=[2001:db8:9::/48]:[2001:db8::1]",
		 "to 2001:db8:9::/48 via 2001:db8::1 \n"},
		{"rd.route=10.9.0.0/16::eth0", "to 10.9.0.0/16 eth0\n"},
		{"rd.route=10.9.0.0/16", "1 `rd.route=10.9.0.0/16`: a route is "
					 "NETWORK/PREFIX:GATEWAY[:INTERFACE]; ignored\n"},
		{"rd.route=10.9.0.0/16:[::1]", "23 `rd.route=10.9.0.0/16:[::1]`: one is IPv4, the "
					       "other IPv6; ignored\n"},
		{"ifname=lan:52:54:00:12:34:56", "called 52:54:00:12:34:56 lan\n"},
		{"ifname=lan", "1 `ifname=lan`: NAME:ADDRESS of a card is wanted; ignored\n"},
		{"bootdev=eth1 rd.peerdns=0", "eth1 is the boot device\nno dns of others\n"},
		{"rd.peerdns=1", ""},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_virtual(void **state)
{
	static const struct form forms[] = {
		{"vlan=vlan5:eth0", "vlan vlan5: eth0 id 5\n"},
		{"vlan=vlan0005:eth0", "vlan vlan0005: eth0 id 5\n"},
		{"vlan=eth0.0005:eth0", "vlan eth0.0005: eth0 id 5\n"},
		{"vlan=eth0.5:eth0", "vlan eth0.5: eth0 id 5\n"},
		{"vlan=lan:eth0", "6 `vlan=lan:eth0`: the name of a VLAN ends with its number, as "
				  "vlan5; ignored\n"},
		{"vlan=vlan4095:eth0", "6 `vlan=vlan4095:eth0`: the name of a VLAN ends with its "
				       "number, as vlan5; ignored\n"},
		{"vlan=vlan5", "1 `vlan=vlan5`: a VLAN is NAME:INTERFACE; ignored\n"},
		{"vlan=vlan5:vlan5",
		 "1 `vlan=vlan5:vlan5`: vlan5 cannot be made of itself; ignored\n"},
		{"bond", "bond bond0: eth0 eth1 mode=balance-rr\n"},
		{"bond=bond1", "bond bond1: eth0 eth1 mode=balance-rr\n"},
		{"bond=bond0:ens3,ens4:mode=active-backup,miimon=100",
		 "bond bond0: ens3 ens4 mode=active-backup,miimon=100\n"},
		{"bond=bond0:a,b:arp_ip_target=10.0.0.1;10.0.0.2:9000",
		 "bond bond0: a b arp_ip_target=10.0.0.1;10.0.0.2 mtu 9000\n"},
		{"bond=bond0:a,b:../x=1",
		 "16 `bond=bond0:a,b:../x=1`: an option of a bond is NAME=VALUE; ignored\n"},
		{"bond=bond0:a,,b:mode=1",
		 "14 `bond=bond0:a,,b:mode=1`: the name of an interface is "
		 "missing; ignored\n"},
		{"bridge=br0:eth0,eth1", "bridge br0: eth0 eth1\n"},
		{"bridge", "bridge br0: eth0\n"},
		{"bridge=br0", "1 `bridge=br0`: it is made of no interface; ignored\n"},
		{"bridge=br0:a bridge=br0:b", "bridge br0: a\n14 `bridge=br0:b`: br0 is made "
					      "already; ignored\n"},
		{"team=team0:a,b",
		 "1 `team=team0:a,b`: kboot makes no teams: a bond does the same; ignored\n"},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), false);
}

static void test_setting(void **state)
{
	static const struct form forms[] = {
		{"off", "off\n"},
		{"dhcp", "* dhcp\n"},
		{"eno1:dhcp nameserver=1.1.1.1", "eno1 dhcp\ndns 1.1.1.1\n"},
		{"10.0.0.5/24 gateway=10.0.0.1 ksdevice=eno1",
		 "eno1 static 10.0.0.5/24 via 10.0.0.1\n"},
		{"10.0.0.5::10.0.0.1:24::eno1", "eno1 static 10.0.0.5/24 via 10.0.0.1\n"},
		{"ip=dhcp bond=bond0:a,b", "* dhcp\nbond bond0: a b mode=balance-rr\n"},
		{"dhcp quiet", "* dhcp\n6 `quiet`: neither an address nor a way to get one; "
			       "ignored\n"},
		{"dhcp root=x", "* dhcp\n6 `root=x`: there is no such word; ignored\n"},
	};

	(void)state;
	check_all(forms, KB_ARRAY_LEN(forms), true);
}

static void test_caps(void **state)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_net_config config = {0};

	(void)state;
	for (int i = 0; i < 40; i++) {
		kb_buf_printf(&text,
			      "ip=e%d:dhcp bridge=b%d:a ifname=n%d:52:54:00:12:34:56 "
			      "rd.route=10.0.0.0/8:10.0.0.1 bond=c%d:a,a,a,a,a,a,a,a,a ",
			      i, i, i, i);
	}
	kb_net_config_from_cmdline(&config, kb_buf_view(&text), NULL);
	assert_int_equal(config.n_links, KB_NET_MAX);
	assert_int_equal(config.n_virtuals, KB_NET_MAX);
	assert_int_equal(config.n_aliases, KB_NET_MAX);
	assert_int_equal(config.n_routes, KB_NET_MAX);
	assert_int_equal(config.virtuals[0].kind, KB_NET_BRIDGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),   cmocka_unit_test(test_devices),
		cmocka_unit_test(test_long_form), cmocka_unit_test(test_wrong_fields),
		cmocka_unit_test(test_cluster),   cmocka_unit_test(test_other_words),
		cmocka_unit_test(test_virtual),   cmocka_unit_test(test_setting),
		cmocka_unit_test(test_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
