#pragma once
// Which hosts and senders a reported fake names: what operators count reports by. All of it is written by
// forgers and strangers.
#include "slices/messages/uploaded_mail.h"
#include "store/fake_reports.h"

#include <span>
#include <string_view>
#include <vector>

namespace sallyport::messages {

inline constexpr std::size_t fake_hosts_max = 20;    // of one report; more are passed over
inline constexpr std::size_t fake_senders_max = 10;  // of one report
inline constexpr std::size_t sender_bytes_max = 200;

/// Web addresses in a text, also as people write them so that nobody clicks ("hxxps://evil[.]example"), hosts
/// without a scheme whose suffix is known, and mail addresses. None twice.
class FakeNames {
public:
    /// What somebody reads. `text` is any bytes.
    void read_text(std::string_view text);
    /// Where its links and forms lead. `html` is any bytes.
    void read_html(std::string_view html);
    /// Who a mail says that it is from, where answers go, and what stands in it.
    void read_mail(const UploadedMail& mail);
    /// What a reporter typed into "who or where": a host, an address, a number, a handle.
    void read_where(std::string_view typed);

    [[nodiscard]] std::vector<store::FakeName> take() { return std::move(m_names); }

private:
    void add_host(std::string_view host, bool sure);
    void add_sender(std::string sender);
    void read_word(std::string_view word);
    void add(store::FakeName name, std::size_t most);

    std::vector<store::FakeName> m_names;
};

}  // namespace sallyport::messages
