#include "app/mail_room.h"

#include "adapters/relays.h"
#include "adapters/smtp.h"
#include "adapters/text_webhook.h"
#include "adapters/twilio.h"
#include "app/instance.h"
#include "app/mail_keys.h"
#include "slices/messages/deliver.h"
#include "slices/messages/mails.h"
#include "slices/messages/texts.h"

namespace sallyport::app {

namespace {

adapters::SmtpTls tls_of(const Config::Relay& relay)
{
    if (relay.tls == "none") return adapters::SmtpTls::none;
    return relay.tls == "optional" ? adapters::SmtpTls::starttls_offered
                                   : adapters::SmtpTls::starttls_required;
}

adapters::Relays::Relay make_relay(const Config::Relay& relay)
{
    adapters::SmtpOptions options;
    options.tls = tls_of(relay);
    options.in_flight_max = messages::outbox_in_flight_max;
    options.a_minute_max = relay.a_minute_max;
    if (!adapters::SmtpMailer::set_relay(options, relay.url))
        throw StartFailed("relay.url must be smtp://HOST[:PORT] or smtps://HOST[:PORT]");
    options.user = relay.user;
    options.password = read_secret("relay.password_file", relay.password_file);
    options.ca_file = relay.ca_file.string();
    if (const auto problem = adapters::SmtpMailer::problem_with(options))
        throw StartFailed("relay: " + *problem);
    std::string name = options.host + ":" + std::to_string(options.port);
    return {std::move(name), std::make_unique<adapters::SmtpMailer>(std::move(options))};
}

std::unique_ptr<ports::Mailer> make_relays(const Config& config)
{
    std::vector<adapters::Relays::Relay> relays;
    for (const Config::Relay& relay : config.relays) relays.push_back(make_relay(relay));
    return std::make_unique<adapters::Relays>(std::move(relays));
}

template <class Service, class Options, class... More>
std::unique_ptr<ports::Texter> checked(Options options, More&... more)
{
    if (const auto problem = Service::problem_with(options)) throw StartFailed("texts: " + *problem);
    return std::make_unique<Service>(std::move(options), more...);
}

/// Null where no service is named: then nobody is asked for a number.
std::unique_ptr<ports::Texter> make_texter(const Config& config, const ports::Clock& clock)
{
    if (config.text_service == "none") return nullptr;
    adapters::PostOptions post;
    post.ca_file = config.text_ca_file.string();
    post.in_flight_max = messages::outbox_in_flight_max;
    Secret secret = read_secret("texts.secret_file", config.text_secret_file);
    if (config.text_service == "webhook")
        return checked<adapters::TextWebhook>(
            adapters::TextWebhookOptions{config.text_url, std::move(secret), post}, clock);
    adapters::TwilioOptions options;
    if (!config.text_url.empty()) options.base_url = config.text_url;
    options.account = config.text_account;
    options.key = config.text_key;
    options.secret = std::move(secret);
    options.from = config.text_from;
    options.calls = config.text_calls;
    options.call_from = config.text_call_from;
    options.post = post;
    return checked<adapters::Twilio>(std::move(options));
}

messages::Sender sender_of(const Config& config, const crypto::IndexKey& index)
{
    const auto from = Email::parse(config.mail_from);
    if (!from) throw StartFailed("mail.from is no e-mail address");
    messages::Sender sender{config.mail_from_name, *from, std::string(from->domain()), make_signer(config)};
    sender.bounces = Email::parse(config.bounce_address);
    if (sender.bounces) sender.tags = std::make_shared<const crypto::EnvelopeTags>(index);
    return sender;
}

messages::MailBrand brand_of(const Config& config, const proof::World& world)
{
    return {world.brand.name, world.brand.host,
            config.reset_link ? world.brand.origin + "/reset/link/" : std::string()};
}

}  // namespace

// The deliverers are declared last, so that they end before what they use.
struct MailRoom::Parts {
    Parts(const Config& config, proof::World& world, bool development)
        : mailbox(development ? std::make_unique<messages::DevMailbox>() : nullptr),
          phone(development ? std::make_unique<messages::DevPhone>() : nullptr),
          relay(development ? nullptr : make_relays(config)),
          service(development ? nullptr : make_texter(config, world.clock)),
          deliverer(
              world.database, world.keys, world.clock,
              development ? static_cast<ports::Mailer&>(*mailbox) : *relay,
              [brand = brand_of(config, world)](const store::OutboxMail& mail, Instant at) {
                  return messages::render_mail(brand, mail, at);
              },
              sender_of(config, world.keys.index), config.mail_breaker)
    {
        ports::Texter* const texter = development ? static_cast<ports::Texter*>(phone.get()) : service.get();
        if (texter == nullptr) return;
        texts.emplace(
            world.database, world.keys, world.clock, *texter,
            [brand = messages::MailBrand{world.brand.name, world.brand.host}](
                const store::OutboxMail& text, Instant at) { return messages::render_text(brand, text, at); },
            config.mail_breaker);
    }
    std::unique_ptr<messages::DevMailbox> mailbox;
    std::unique_ptr<messages::DevPhone> phone;
    std::unique_ptr<ports::Mailer> relay;
    std::unique_ptr<ports::Texter> service;
    messages::Deliverer deliverer;
    std::optional<messages::Deliverer> texts;
};

MailRoom::MailRoom(const Config& config, proof::World& world, bool development)
    : m_parts(std::make_unique<Parts>(config, world, development))
{
}

MailRoom::~MailRoom() = default;

void MailRoom::wake()
{
    m_parts->deliverer.wake();
    if (m_parts->texts) m_parts->texts->wake();
}

const messages::DevMailbox* MailRoom::dev_mailbox() const noexcept { return m_parts->mailbox.get(); }

const messages::DevPhone* MailRoom::dev_phone() const noexcept { return m_parts->phone.get(); }

MailRoom::Counts MailRoom::text_counts() const noexcept
{
    if (!m_parts->texts) return {0, 0, 0};
    const auto& counts = m_parts->texts->counts();
    return {counts.delivered.load(), counts.delayed.load(), counts.failed.load()};
}

MailRoom::Counts MailRoom::counts() const noexcept
{
    const auto& counts = m_parts->deliverer.counts();
    return {counts.delivered.load(), counts.delayed.load(), counts.failed.load()};
}

}  // namespace sallyport::app
