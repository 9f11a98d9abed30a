using System.Collections.Frozen;
using Switch.Service.Authorization;

namespace Switch.Service.Merchants;

/// <summary>Everyone who may use the switch, as of one reading of the file. Immutable.</summary>
internal sealed class MerchantRegister
{
    private readonly FrozenDictionary<string, Merchant> _merchants;

    public MerchantRegister(IEnumerable<Merchant> merchants) =>
        _merchants = merchants.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);

    public int Count => _merchants.Count;

    /// <summary>Null when the terminal is the merchant's own; else who is unknown.</summary>
    public Refusal? TryAdmit(string merchantId, string terminalId, out Merchant? merchant)
    {
        if (!_merchants.TryGetValue(merchantId, out merchant)) return Refusal.MerchantUnknown;
        return merchant.Terminals.Contains(terminalId) ? null : Refusal.TerminalUnknown;
    }

    /// <summary>The merchant, or null.</summary>
    public Merchant? Find(string merchantId) => _merchants.GetValueOrDefault(merchantId);
}
