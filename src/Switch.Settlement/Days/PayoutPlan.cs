using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Switch.Settlement.Files;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Days;

/// <summary>A hold that stands.</summary>
/// <param name="MerchantId">Whose.</param>
/// <param name="Currency">Empty for every currency.</param>
/// <param name="AmountMinor">What is kept back; 0 for everything.</param>
/// <param name="Reason">A person's words.</param>
internal sealed record OpenHold(string MerchantId, string Currency, long AmountMinor, string Reason);

/// <summary>Decides what of a merchant's money is paid, and when. Pure.</summary>
/// <param name="terms">The terms in force.</param>
/// <param name="closing">The date that is closed.</param>
/// <param name="today">The business date of this moment: no bank takes an order for yesterday.</param>
/// <param name="holds">All holds that stand.</param>
internal sealed class PayoutPlan(SettlementTerms terms, DateOnly closing, DateOnly today, IEnumerable<OpenHold> holds)
{
    private const int IdChars = 26;

    private readonly ILookup<string, OpenHold> _holds = holds.ToLookup(static hold => hold.MerchantId);

    /// <summary>The payout of one merchant and currency; its entry is not made yet.</summary>
    /// <param name="merchantId">Whose.</param>
    /// <param name="currency">In what.</param>
    /// <param name="broughtMinor">What the last close carried on.</param>
    /// <param name="netMinor">What this close adds.</param>
    public Payout Of(string merchantId, string currency, long broughtMinor, long netMinor)
    {
        var merchant = terms.MerchantOf(merchantId);
        var due = checked(broughtMinor + netMinor);
        var (held, reason) = due > 0 ? Held(merchant, currency, due) : (0, "");
        var amount = Math.Max(due, 0) - held;
        return new Payout
        {
            Id = IdOf(closing, merchantId, currency),
            CloseDate = BusinessDay.Text(closing),
            MerchantId = merchantId,
            Currency = currency,
            BroughtMinor = broughtMinor,
            NetMinor = netMinor,
            AmountMinor = amount,
            Status = amount > 0 ? PayoutStatus.Ordered : held > 0 ? PayoutStatus.Held : PayoutStatus.CarriedForward,
            HoldReason = reason,
            ValueDate = amount > 0 ? BusinessDay.Text(ValueDateOf(merchant)) : "",
        };
    }

    /// <summary>"P20260302-EUR-0a1b2c3d4e5f": fits a bank file, whatever the merchant is called.</summary>
    public static string IdOf(DateOnly closing, string merchantId, string currency)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(merchantId)));
        return string.Create(CultureInfo.InvariantCulture, $"P{closing:yyyyMMdd}-{currency}-{hash.AsSpan(0, 12)}");
    }

    /// <summary>Whether a text has the form of a payout's id.</summary>
    public static bool IsId(string text) =>
        text.Length == IdChars && text[0] == 'P' && text[9] == '-' && text[13] == '-';

    private (long Held, string Reason) Held(MerchantTerms merchant, string currency, long due)
    {
        if (!merchant.HasBankAccount) return (due, "no bank account");
        if (!terms.Currencies.Contains(currency)) return (due, $"no payouts in {currency}");
        var held = 0L;
        var reasons = new List<string>();
        foreach (var hold in _holds[merchant.Id])
        {
            if (hold.Currency.Length > 0 && hold.Currency != currency) continue;
            held = hold.AmountMinor == 0 ? due : Math.Min(due, held + Math.Min(due, hold.AmountMinor));
            reasons.Add(hold.Reason);
        }

        // What is over waits for the next close: one transfer that is too large refuses the whole file.
        var (most, why) = Most(currency, merchant);
        if (due - held > most)
        {
            held = due - most;
            reasons.Add(why);
        }

        return (held, string.Join("; ", reasons));
    }

    private (long AmountMinor, string Reason) Most(string currency, MerchantTerms merchant)
    {
        if (SepaArea.IsSepa(currency, terms.Operator.Iban, merchant.Iban))
            return (SepaArea.AmountMinorMax, "SEPA takes at most 999999999.99 EUR in one transfer");
        var most = Currency.Of(currency).ToMajor(Currency.AmountMinorMax);
        return (Currency.AmountMinorMax, FormattableString.Invariant($"one transfer has at most {most} {currency}"));
    }

    private DateOnly ValueDateOf(MerchantTerms merchant)
    {
        var regular = merchant.Calendar.Add(closing, merchant.PayoutDays);
        return regular >= today ? regular : merchant.Calendar.OnOrAfter(today);
    }
}
