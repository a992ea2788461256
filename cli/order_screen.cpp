#include "cli/order_screen.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "cli/progress_line.hpp"
#include "cli/screen.hpp"
#include "proof/documents.hpp"

namespace quietus::cli {
namespace {

std::string exact_size(std::uint64_t bytes) {
  return human_size(bytes) + " (" + std::to_string(bytes) + " bytes)";
}

std::string requirement_text(const Requirement& requirement, const Context& context) {
  const std::string approvers = std::to_string(requirement.approvers);
  const std::string departments = std::to_string(requirement.approver_departments);
  std::string text(context.say("提出人 + ", "proposer + "));
  text += approvers + std::string(context.say(" 名批准人(", " approver(s) of ")) + departments +
          std::string(context.say(" 个部门)", " department(s)"));
  if (requirement.responsible) text += context.say(" + 责任人", " + responsible person");
  if (requirement.witness) text += context.say(" + 见证人", " + witness");
  return text;
}

void device_lines(Screen& screen, const OrderLine& line) {
  const auto& device = line.device;
  screen.line("主机", "host", line.host.text());
  screen.line("设备", "device", device.path + "  (" + std::string(to_string(device.kind)) + ")");
  screen.line("大小", "size", exact_size(device.size_bytes));
  screen.optional("型号", "model", device.model);
  screen.optional("序列号", "serial", device.serial);
  screen.optional("WWN", "WWN", device.wwn);
  screen.optional("固件", "firmware", device.firmware);
  screen.optional("底层文件", "file behind it", device.backing_path);
  if (device.backing_inode != 0) {
    screen.line(
        "文件标识", "file identity",
        "dev " + std::to_string(device.backing_device) + " inode " + std::to_string(device.backing_inode));
  }
}

/// How many, which and their digest. A very long list is cut here; its digest stands for all of it.
void key_lines(Screen& screen, const OrderLine& line, const Context& context) {
  constexpr std::size_t kShownBytes = 600;
  if (line.keyring.empty()) return screen.line("密钥", "key", line.key.text());
  screen.line("密钥环", "keyring", line.keyring.text());
  if (!line.keys)
    return screen.line("密钥", "keys", std::string(context.say("全部密钥", "EVERY KEY of the keyring")));
  std::string numbers = line.keys->text();
  if (numbers.size() > kShownBytes) numbers = numbers.substr(0, kShownBytes) + " …";
  screen.line("密钥数", "number of keys", std::to_string(line.keys->count()));
  screen.line("密钥编号", "key numbers", numbers);
  screen.line("编号摘要", "their digest", hex(line.keys->digest()));
}

struct ActWords {
  OrderAct act;
  std::string_view title_zh, title_en, line_zh, line_en;
};
constexpr ActWords kActs[] = {
    {OrderAct::destroy, "销毁指令", "ORDER TO DESTROY", "", ""},
    {OrderAct::hand, "移交指令", "ORDER TO HAND OVER", "移交受让方:本案中即告终结,不再收回",
     "HAND OVER TO THE TRANSFEREE: it leaves the case for good"},
    {OrderAct::surrender, "上交指令", "ORDER TO SURRENDER", "上交指定机构:本案中即告终结,不再收回",
     "SURRENDER TO THE BODY THAT CLAIMS IT: it leaves the case for good"},
    {OrderAct::thaw, "解封指令", "ORDER TO LIFT A FREEZE", "解除封存:可重新使用、移交或销毁",
     "LIFT THE FREEZE: it can be used, handed over and destroyed again"},
    {OrderAct::close, "结案指令", "ORDER TO CLOSE A CASE", "", ""},
};
const ActWords& words_of(OrderAct act) { return *std::ranges::find(kActs, act, &ActWords::act); }

void act_lines(std::string& out, const OrderLine& line, std::size_t number, OrderAct act,
               const Context& context) {
  out += "\n" + std::to_string(number) + ". ";
  out += context.say(words_of(act).line_zh, words_of(act).line_en);
  out += "\n";
  Screen screen(context);
  screen.line("资料项", "holding", line.holding.text());
  screen.line("名称", "title", line.title);
  screen.line("类型", "kind", std::string(to_string(line.kind)));
  screen.line("客户资料", "customer data", screen.yes_no(line.customer_data));
  screen.flush(out);
}

void holding_lines(std::string& out, const OrderLine& line, std::size_t number, const Context& context) {
  const bool disk = line.kind == HoldingKind::disk;
  out += "\n" + std::to_string(number) + ". ";
  out += disk
             ? context.say("销毁磁盘上的全部数据", "DESTROY ALL DATA ON A DISK")
             : context.say("销毁密钥,其下记录不可复读", "DESTROY A KEY: its records can never be read again");
  out += "\n";
  Screen screen(context);
  screen.line("资料项", "holding", line.holding.text());
  screen.line("名称", "title", line.title);
  screen.line("客户资料", "customer data", screen.yes_no(line.customer_data));
  if (disk) {
    device_lines(screen, line);
    screen.line("最低结果", "least result", std::string(to_string(line.least_claim)));
  } else {
    key_lines(screen, line, context);
  }
  screen.flush(out);
}

}  // namespace

Result<OrderDocument> read_order_document(Bytes bytes) {
  QUIETUS_TRY(order, proof::decode_order(bytes));
  const Digest digest = sha256(bytes);
  return OrderDocument{std::move(bytes), std::move(order), digest};
}

std::string order_screen(const OrderDocument& document, const Context& context) {
  const Order& order = document.order;
  std::string out(context.say(words_of(order.act).title_zh, words_of(order.act).title_en));
  out += "\n";
  Screen screen(context);
  screen.line("编号", "order", order.id.text());
  screen.line("摘要", "digest", hex(document.digest));
  screen.line("案件", "case", order.case_id.text());
  screen.line("提出人", "proposer", order.proposer.text());
  screen.line("理由", "reason", order.reason);
  screen.line("最早", "not before", rfc3339(order.not_before));
  screen.line("最晚", "not after", rfc3339(order.not_after));
  screen.line("规则包", "rule pack", order.rule_pack_name + "  " + hex(order.rule_pack));
  screen.line("须签字", "must sign", requirement_text(order.requirement, context));
  screen.line("随机数", "nonce", hex(order.nonce));
  screen.flush(out);
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (order.act == OrderAct::destroy) {
      holding_lines(out, order.lines[i], i + 1, context);
    } else {
      act_lines(out, order.lines[i], i + 1, order.act, context);
    }
  }
  if (order.act == OrderAct::close) {
    out += context.say("\n结案后,本案不再有任何变动\n", "\nCLOSE THE CASE: nothing happens in it any more\n");
  }
  return out;
}

}  // namespace quietus::cli
