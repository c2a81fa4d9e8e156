// `sallyport doctor`: what is wrong with this installation, and what to do. Changes nothing.
#include "app/commands.h"
#include "app/config.h"
#include "app/instance.h"
#include "app/mail_keys.h"
#include "base/ip_address.h"
#include "crypto/key_file.h"
#include "db/migrations.h"
#include "db/open.h"
#include "store/address_standings.h"
#include "store/mail_breakers.h"

#include <sys/stat.h>

#include <iostream>

namespace sallyport::app {

namespace {

class Report {
public:
    void good(const std::string& what) { std::cout << "ok       " << what << '\n'; }
    void bad(const std::string& what, const std::string& remedy)
    {
        std::cout << "PROBLEM  " << what << "\n         " << remedy << '\n';
        m_problems = true;
    }
    void remark(const std::string& what, const std::string& remedy)
    {
        std::cout << "note     " << what << "\n         " << remedy << '\n';
    }
    [[nodiscard]] int status() const { return m_problems ? 1 : 0; }

private:
    bool m_problems = false;
};

void check_keys(Report& report, const Config& config)
{
    const auto keys = crypto::KeyRing::load(config.key_file.string());
    if (keys)
        report.good("the key file opens");
    else
        report.bad("the key file: " + keys.error().message,
                   "make one with `sallyport keys create FILE`, owned by this user, mode 0600");
}

void check_stopped_mail(Report& report, const db::Location& location)
{
    const auto database = db::open(location);
    auto work = [](db::Tx& tx) { return store::stopped_mails(tx); };
    for (const store::StoppedMail& one : sync_wait(database->transact(work)))
        report.bad("mails of kind " + one.mail + " are stopped, " + std::to_string(one.held) + " wait",
                   "more left in a minute than mail.same_a_minute_max: find out why, then `sallyport mail "
                   "release " +
                       one.mail + "` or `sallyport mail drop " + one.mail + "`");
}

/// Bounces of a few people are everyday; what is wrong with the domain makes many.
void check_undeliverable(Report& report, const db::Location& location)
{
    const auto database = db::open(location);
    auto work = [](db::Tx& tx) { return store::undeliverable_addresses(tx); };
    const std::int64_t addresses = sync_wait(database->transact(work));
    if (addresses > 0)
        report.remark(std::to_string(addresses) + " addresses are undeliverable",
                      "their owners see it; where there are many of one provider, ask it why it refuses you");
}

void check_database(Report& report, const Config& config)
{
    const auto location = db::parse_location(config.database);
    if (!location) {
        report.bad("database.location is not understood", "write sqlite:PATH or postgres:CONNINFO");
        return;
    }
    try {
        const std::size_t pending = db::pending_migrations(*location);
        if (pending == 0) {
            report.good("the database answers, and its tables are of this version");
            check_stopped_mail(report, *location);
            check_undeliverable(report, *location);
        } else {
            report.remark("the database answers, and lacks " + std::to_string(pending) +
                              " of this version's migrations",
                          "the next start applies them: make a backup first where people use it");
        }
    } catch (const std::exception& error) {
        report.bad(std::string("the database: ") + error.what(),
                   "start it, check database.location and who may connect, and look again");
    }
}

void check_public(Report& report, const Config& config)
{
    if (config.public_url.starts_with("https://"))
        report.good("people come by https");
    else
        report.bad("public.url is " + config.public_url,
                   "put a TLS proxy in front and write its https:// address: cookies and passkeys need it");
    if (config.passkeys && (config.rp_id.starts_with('[') || IpAddress::parse(config.rp_id)))
        report.bad("public.url has a number where passkeys need a name",
                   "give the host a name, or switch factors.passkeys off: its button can never work");
    if (config.trusted_proxies.empty())
        report.remark("listen.trusted_proxies is empty",
                      "behind a proxy every person seems to have the proxy's address, and shares its limits: "
                      "name the proxy");
}

void check_secret_file(Report& report, const std::string& what, const std::filesystem::path& file)
{
    if (file.empty()) return;
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0)
        report.bad(what + " cannot be found", "write the secret there, mode 0600");
    else if ((facts.st_mode & 077U) != 0)
        report.bad(what + " can be read by others", "chmod 600 it");
    else
        report.good(what + " is there");
}

void check_relay(Report& report, const Config::Relay& relay)
{
    if (relay.tls == "none")
        report.remark("relay.tls of " + relay.url + " is none",
                      "codes travel readable to the relay: use it only for a relay on this machine");
    check_secret_file(report, "relay.password_file of " + relay.url, relay.password_file);
}

/// What comes back of mails reaches us, and the secret of the webhook is one.
void check_bounces(Report& report, const Config& config)
{
    if (config.bounce_address.empty()) {
        report.remark("bounces.address is empty",
                      "nobody learns that mail does not arrive: name a mailbox, and hand what it gets to "
                      "`sallyport mail bounced`");
        return;
    }
    report.good("mail comes back to " + config.bounce_address);
    const auto domain_of = [](const std::string& address) { return address.substr(address.find('@') + 1); };
    const std::string from = domain_of(config.mail_from), back = domain_of(config.bounce_address);
    if (back != from && !back.ends_with("." + from) && !from.ends_with("." + back))
        report.remark("bounces.address is of another domain than mail.from",
                      "SPF does not count for DMARC then: take a domain below " + from);
    check_secret_file(report, "bounces.webhook_secret_file", config.bounce_secret_file);
}

void check_mail(Report& report, const Config& config)
{
    if (config.mail_from.ends_with("localhost.localdomain"))
        report.bad("mail.from is " + config.mail_from, "write the address that your people know");
    else
        report.good("mail comes from " + config.mail_from);
    try {
        if (make_signer(config))
            report.good("mail is signed; `sallyport dns` prints what the domain must publish");
        else
            report.remark("mail leaves unsigned: dkim.keys is empty",
                          "anybody can then write in your name: make keys, name them, and publish what "
                          "`sallyport dns` prints");
    } catch (const StartFailed& error) {
        report.bad(error.what(),
                   "openssl genpkey -algorithm ed25519 (or rsa, 2048 bits) makes one, mode 0600");
    }
    check_bounces(report, config);
    for (const Config::Relay& relay : config.relays) check_relay(report, relay);
    if (config.relays.size() == 1)
        report.remark("there is one relay",
                      "a second [[relay]] takes the mail while the first is out of reach");
}

}  // namespace

int run_doctor(const std::filesystem::path& file)
{
    const auto loaded = load_config(file);
    Report report;
    if (const auto* const problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
        for (const ConfigProblem& problem : *problems)
            report.bad(file.string() + (problem.line > 0 ? ":" + std::to_string(problem.line) : "") + ": " +
                           problem.text,
                       "mend the file");
        return report.status();
    }
    const Config& config = std::get<Config>(loaded);
    report.good(file.string() + " is understood");
    check_keys(report, config);
    check_database(report, config);
    check_public(report, config);
    check_mail(report, config);
    return report.status();
}

}  // namespace sallyport::app
