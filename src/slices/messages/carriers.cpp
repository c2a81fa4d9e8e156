#include "slices/messages/carriers.h"

#include "base/check.h"
#include "slices/messages/mail_content.h"
#include "slices/messages/texts.h"

namespace sallyport::messages {

namespace {

using ports::MailOutcome;

class MailCarrier final : public Carrier {
public:
    MailCarrier(ports::Mailer& mailer, const store::Keys& keys, MailRenderer render, Sender sender)
        : m_mailer(mailer), m_keys(keys), m_render(std::move(render)), m_sender(std::move(sender))
    {
    }
    Task<Carried> carry(const store::OutboxMail& row, Instant created_at) override
    {
        const auto to = Email::parse(row.to);
        CHECK(to.has_value());
        RenderedMail rendered = m_render(row, created_at);
        MailParts parts{*to,
                        std::move(rendered.subject),
                        std::move(rendered.text),
                        std::move(rendered.html),
                        row.id,
                        created_at,
                        row.language,
                        row.number,
                        row.serial};
        Bytes kept = row.number.empty() ? Bytes() : kept_of(row, parts);
        auto mail = compose(m_sender, std::move(parts));
        auto result = co_await m_mailer.send(std::move(mail));
        co_return Carried{std::move(result), std::move(kept)};
    }

private:
    Bytes kept_of(const store::OutboxMail& row, const MailParts& parts) const
    {
        const Bytes hashes = hashes_of(m_keys.index, row.number, content_as_sent(m_sender, parts));
        return store::sealed_with_parts(m_keys, row, hashes);
    }
    ports::Mailer& m_mailer;
    const store::Keys& m_keys;
    const MailRenderer m_render;
    const Sender m_sender;
};

class TextCarrier final : public Carrier {
public:
    TextCarrier(ports::Texter& texter, TextRenderer render) : m_texter(texter), m_render(std::move(render)) {}
    Task<Carried> carry(const store::OutboxMail& row, Instant created_at) override
    {
        ports::OutgoingText text{row.id.text(), row.to, m_render(row, created_at), row.language,
                                 is_call(row)};
        auto result = co_await m_texter.send(std::move(text));
        switch (result.outcome) {
        case ports::TextOutcome::accepted: co_return Carried{{MailOutcome::accepted, result.detail}};
        case ports::TextOutcome::refused: co_return Carried{{MailOutcome::refused, result.detail}};
        case ports::TextOutcome::try_again: break;
        }
        co_return Carried{{MailOutcome::try_again, result.detail}};
    }

private:
    ports::Texter& m_texter;
    const TextRenderer m_render;
};

}  // namespace

std::unique_ptr<Carrier> mail_carrier(ports::Mailer& mailer, const store::Keys& keys, MailRenderer render,
                                      Sender sender)
{
    return std::make_unique<MailCarrier>(mailer, keys, std::move(render), std::move(sender));
}

std::unique_ptr<Carrier> text_carrier(ports::Texter& texter, TextRenderer render)
{
    return std::make_unique<TextCarrier>(texter, std::move(render));
}

}  // namespace sallyport::messages
