#include "app/mail_keys.h"

#include "app/instance.h"
#include "base/check.h"
#include "base/email.h"
#include "crypto/hash.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace sallyport::app {

namespace {

constexpr std::size_t dns_text_bytes_max = 255;  // RFC 1035 section 3.3.14: one string of a TXT record

std::string from_domain(const Config& config)
{
    const auto from = Email::parse(config.mail_from);
    if (!from) throw StartFailed("mail.from is no e-mail address");
    return std::string(from->domain());
}

std::string signing_domain(const Config& config)
{
    return config.dkim_domain.empty() ? from_domain(config) : config.dkim_domain;
}

crypto::DkimKey load_key(const std::string& key, const Config::DkimKeyFile& named)
{
    const std::string what = key + " " + named.file.string();
    struct stat facts{};
    if (::stat(named.file.c_str(), &facts) == 0 && (facts.st_mode & 077U) != 0)
        throw StartFailed(what + " can be read by others: chmod 600 it");
    auto parsed = crypto::DkimKey::parse(read_secret(key, named.file));
    if (!parsed) throw StartFailed(what + " " + parsed.error());
    return std::move(*parsed);
}

/// name TXT "…" "…", in strings that one record may hold.
std::string text_record(const std::string& name, const std::string& text)
{
    std::string out = name + ". TXT";
    for (std::size_t at = 0; at < text.size(); at += dns_text_bytes_max)
        out += " \"" + text.substr(at, dns_text_bytes_max) + "\"";
    return out + "\n";
}

std::string key_records(const Config& config)
{
    std::string out;
    const auto add = [&](const std::string& key, const std::vector<Config::DkimKeyFile>& files) {
        for (const Config::DkimKeyFile& one : files)
            out += text_record(one.selector + "._domainkey." + signing_domain(config),
                               load_key(key, one).record());
    };
    add("dkim.keys", config.dkim_keys);
    add("dkim.standby", config.dkim_standby);
    return out;
}

std::string mta_sts(const std::string& domain, const std::vector<std::string>& mx)
{
    if (mx.empty()) return "; MTA-STS: name dns.mx, the hosts that take mail for " + domain + "\n";
    constexpr std::size_t id_characters = 20;  // RFC 8461 section 3.1: up to 32
    std::string policy = "version: STSv1\nmode: enforce\n";
    for (const std::string& host : mx) policy += "mx: " + host + "\n";
    policy += "max_age: 604800\n";
    const std::string id =
        to_hex(crypto::sha256(as_bytes(policy))).substr(0, id_characters);  // another policy has another
    std::string out = text_record("_mta-sts." + domain, "v=STSv1; id=" + id);
    out += "; serve at https://mta-sts." + domain + "/.well-known/mta-sts.txt :\n";
    std::istringstream lines(policy);
    for (std::string line; std::getline(lines, line);) out += ";   " + line + "\n";
    return out;
}

}  // namespace

Secret read_secret(const std::string& key, const std::filesystem::path& file)
{
    if (file.empty()) return {};
    std::ifstream in(file, std::ios::binary);
    if (!in) throw StartFailed(key + " " + file.string() + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    std::string password = text.str();
    while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
    Secret secret = Secret::from_text(password);
    wipe_text(password);
    return secret;
}

std::shared_ptr<const messages::DkimSigner> make_signer(const Config& config)
{
    if (config.dkim_keys.empty()) return nullptr;
    std::vector<messages::DkimSelector> selectors;
    for (const Config::DkimKeyFile& one : config.dkim_keys)
        selectors.push_back({one.selector, load_key("dkim.keys", one)});
    return std::make_shared<const messages::DkimSigner>(signing_domain(config), std::move(selectors));
}

messages::DkimKeys known_keys(const Config& config)
{
    messages::DkimKeys known;
    const auto add = [&](const std::string& key, const std::vector<Config::DkimKeyFile>& files) {
        for (const Config::DkimKeyFile& one : files)
            CHECK(known.add(one.selector + "._domainkey." + signing_domain(config),
                            load_key(key, one).record()));
    };
    add("dkim.keys", config.dkim_keys);
    add("dkim.standby", config.dkim_standby);
    return known;
}

std::string dns_records(const Config& config)
{
    const std::string from = from_domain(config);
    const std::string reports = config.dns_reports.empty() ? "postmaster@" + from : config.dns_reports;
    std::string senders = "v=spf1";
    for (const std::string& sender : config.dns_senders) senders += " " + sender;
    std::string out = key_records(config);
    if (out.empty()) out = "; DKIM: name dkim.keys; mail leaves unsigned\n";
    if (config.dns_senders.empty())
        out += "; SPF: name dns.senders, who hands your mail over\n";
    else
        out += text_record(from, senders + " -all");
    out += text_record("_dmarc." + from, "v=DMARC1; p=reject; adkim=" +
                                             std::string(from == signing_domain(config) ? "s" : "r") +
                                             "; aspf=r; rua=mailto:" + reports);
    out += mta_sts(from, config.dns_mx);
    out += text_record("_smtp._tls." + from, "v=TLSRPTv1; rua=mailto:" + reports);
    return out;
}

}  // namespace sallyport::app
