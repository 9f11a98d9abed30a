using System.Collections.Frozen;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Fees;

/// <summary>
/// Every fee, cost and reserve that is in force, by business date. Immutable; safe for any number of threads. Of a
/// table's rules the first whose conditions all hold decides, as in the routing file.
/// </summary>
internal sealed class FeeSchedule
{
    private readonly FeeTable _interchange;
    private readonly FeeTable _schemeFees;
    private readonly FrozenDictionary<string, Contract[]> _merchants;
    private readonly Contract[] _unlisted;
    private readonly FrozenDictionary<string, int> _schemes;
    private readonly FrozenDictionary<string, int> _currencies;
    private readonly FrozenDictionary<string, string> _regions;

    /// <summary>Compiles the terms; a few milliseconds for each plan.</summary>
    public FeeSchedule(SettlementTerms terms)
    {
        var compiler = new FeeCompiler(terms);
        var plans = terms.Plans.ToDictionary(pair => pair.Key, pair => compiler.Table(pair.Value));
        _interchange = compiler.Table(terms.Interchange);
        _schemeFees = compiler.Table(terms.SchemeFees);
        _schemes = Places(terms.Schemes);
        _currencies = Places(terms.Currencies);
        _regions = terms.RegionOfCountry;
        _merchants = terms.Merchants.ToFrozenDictionary(
            static pair => pair.Key, pair => Contracts(pair.Value), StringComparer.Ordinal);
        _unlisted = Contracts(terms.Unlisted);

        Contract[] Contracts(MerchantTerms merchant) => [ContractOf(merchant), .. merchant.Changes.Select(ContractOf)];

        Contract ContractOf(MerchantTerms merchant) => new(
            BusinessDay.Text(merchant.From),
            plans[merchant.Plan],
            merchant.Country,
            terms.RegionOfCountry.GetValueOrDefault(merchant.Country, ""),
            compiler.Vat(merchant),
            FeeCompiler.Reserve(merchant));
    }

    /// <summary>Adds the fee lines of an approval, in pairs that add up to zero.</summary>
    /// <param name="approval">An approved purchase or refund.</param>
    /// <param name="lines">The entry so far.</param>
    public void AddLines(TransactionEvent approval, List<Posting> lines)
    {
        var amount = approval.ApprovedAmount.AmountMinor;
        var date = approval.BusinessDate;
        var contract = InForce(
            _merchants.TryGetValue(approval.MerchantId, out var listed) ? listed : _unlisted, date);
        var card = Traits(approval, contract);
        var currency = _currencies.TryGetValue(approval.ApprovedAmount.Currency, out var place)
            ? place
            : _currencies.Count;

        var plan = contract.Plan.Find(date, card, currency);
        var fee = AddFee(plan, amount, Account.MerchantPayable, Account.FeeIncome, lines);
        if (fee != 0) AddVat(contract.Vat, date, fee, lines);
        AddFee(_interchange.Find(date, card, currency), amount, Account.Interchange, Account.SchemeReceivable, lines);
        AddFee(_schemeFees.Find(date, card, currency), amount, Account.SchemeCost, Account.SchemePayable, lines);
        if (contract.Reserve is { } reserve && !card.IsRefund)
        {
            var exact = (Int128)amount * reserve.Ppm;
            AddPair(exact, false, Account.MerchantPayable, Account.MerchantReserve, reserve.Rule, lines);
        }
    }

    private static Contract InForce(Contract[] contracts, string date)
    {
        var i = contracts.Length - 1;
        while (i > 0 && string.CompareOrdinal(contracts[i].From, date) > 0) i--;
        return contracts[i];
    }

    private static long AddFee(FeeTier[]? tiers, long amount, Account debit, Account credit, List<Posting> lines)
    {
        if (tiers is null) return 0;
        var tier = FeeTier.Of(tiers, amount);
        var exact = tier.Exact(amount, out var rule);
        return exact == 0 ? 0 : AddPair(exact, tier.IsReturned, debit, credit, rule, lines);
    }

    // VAT is on the fee as it is posted: what the invoice shows is what it is computed from.
    private static void AddVat(DatedRate[] rates, string date, long fee, List<Posting> lines)
    {
        for (var i = rates.Length - 1; i >= 0; i--)
        {
            var rate = rates[i];
            if (string.CompareOrdinal(rate.From, date) > 0) continue;
            var exact = (Int128)Math.Abs(fee) * rate.Ppm;
            if (exact != 0) AddPair(exact, fee < 0, Account.MerchantPayable, Account.VatPayable, rate.Rule, lines);
            return;
        }
    }

    private static long AddPair(
        Int128 exact, bool isReturned, Account debit, Account credit, FeeRule rule, List<Posting> lines)
    {
        var posted = Rounding.HalfEven(exact, out var remainder);
        var line = new Posting(debit, posted, rule, remainder);
        if (isReturned) line = line.Contra();
        lines.Add(line);
        lines.Add(line.Contra(credit));
        return line.AmountMinor;
    }

    private CardTraits Traits(TransactionEvent e, Contract contract) => new(
        e.EntryMode switch
        {
            EntryMode.Chip => CardMethod.Chip,
            EntryMode.Contactless => CardMethod.Contactless,
            EntryMode.MagneticStripe or EntryMode.FallbackStripe => CardMethod.Stripe,
            EntryMode.Manual => CardMethod.Manual,
            EntryMode.Ecommerce => CardMethod.Ecommerce,
            _ => CardMethod.Other,
        },
        _schemes.TryGetValue(e.Scheme, out var scheme) ? scheme : _schemes.Count,
        RegionOf(e.IssuerCountry, contract),
        e.Funding switch
        {
            "credit" => CardFunding.Credit,
            "debit" => CardFunding.Debit,
            "prepaid" => CardFunding.Prepaid,
            _ => CardFunding.Unknown,
        },
        e.Kind == TransactionKind.Refund);

    private CardRegion RegionOf(string issuerCountry, Contract contract)
    {
        if (issuerCountry == contract.Country) return CardRegion.Domestic;
        return contract.Region.Length > 0 && _regions.TryGetValue(issuerCountry, out var region)
            && region == contract.Region
            ? CardRegion.Regional
            : CardRegion.International;
    }

    private static FrozenDictionary<string, int> Places(IReadOnlyList<string> names) =>
        names.Select((name, i) => (name, i)).ToFrozenDictionary(p => p.name, p => p.i, StringComparer.Ordinal);

    private sealed record Contract(
        string From, FeeTable Plan, string Country, string Region, DatedRate[] Vat, DatedRate? Reserve);
}
