#include "app/mail_room.h"

#include "adapters/smtp.h"
#include "app/instance.h"
#include "slices/messages/deliver.h"
#include "slices/messages/mails.h"

#include <fstream>
#include <sstream>

namespace sallyport::app {

namespace {

Secret read_password(const std::filesystem::path& file)
{
    if (file.empty()) return {};
    std::ifstream in(file, std::ios::binary);
    if (!in) throw StartFailed("mail.relay_password_file " + file.string() + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    std::string password = text.str();
    while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
    Secret secret = Secret::from_text(password);
    wipe_text(password);
    return secret;
}

adapters::SmtpTls tls_of(const Config& config)
{
    if (config.relay_tls == "none") return adapters::SmtpTls::none;
    return config.relay_tls == "optional" ? adapters::SmtpTls::starttls_offered
                                          : adapters::SmtpTls::starttls_required;
}

std::unique_ptr<ports::Mailer> make_relay(const Config& config)
{
    adapters::SmtpOptions options;
    options.tls = tls_of(config);
    options.in_flight_max = messages::outbox_in_flight_max;
    if (!adapters::SmtpMailer::set_relay(options, config.relay))
        throw StartFailed("mail.relay must be smtp://HOST[:PORT] or smtps://HOST[:PORT]");
    options.user = config.relay_user;
    options.password = read_password(config.relay_password_file);
    options.ca_file = config.relay_ca_file.string();
    if (const auto problem = adapters::SmtpMailer::problem_with(options))
        throw StartFailed("mail: " + *problem);
    return std::make_unique<adapters::SmtpMailer>(std::move(options));
}

messages::Sender sender_of(const Config& config)
{
    const auto from = Email::parse(config.mail_from);
    if (!from) throw StartFailed("mail.from is no e-mail address");
    return {config.mail_from_name, *from, std::string(from->domain())};
}

}  // namespace

// The deliverer is declared last, so that it ends before the mailer that it uses.
struct MailRoom::Parts {
    Parts(const Config& config, proof::World& world, bool development)
        : mailbox(development ? std::make_unique<messages::DevMailbox>() : nullptr),
          relay(development ? nullptr : make_relay(config)),
          deliverer(
              world.database, world.keys, world.clock,
              development ? static_cast<ports::Mailer&>(*mailbox) : *relay,
              [brand = messages::MailBrand{world.brand.name, world.brand.host}](const store::OutboxMail& mail,
                                                                                Instant at) {
                  return messages::render_mail(brand, mail, at);
              },
              sender_of(config))
    {
    }
    std::unique_ptr<messages::DevMailbox> mailbox;
    std::unique_ptr<ports::Mailer> relay;
    messages::Deliverer deliverer;
};

MailRoom::MailRoom(const Config& config, proof::World& world, bool development)
    : m_parts(std::make_unique<Parts>(config, world, development))
{
}

MailRoom::~MailRoom() = default;

void MailRoom::wake() { m_parts->deliverer.wake(); }

const messages::DevMailbox* MailRoom::dev_mailbox() const noexcept { return m_parts->mailbox.get(); }

MailRoom::Counts MailRoom::counts() const noexcept
{
    const auto& counts = m_parts->deliverer.counts();
    return {counts.delivered.load(), counts.delayed.load(), counts.failed.load()};
}

}  // namespace sallyport::app
