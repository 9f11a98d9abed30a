using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Switch.Testing;

/// <summary>Card data where none may be.</summary>
/// <param name="Where">The evidence it was found in.</param>
/// <param name="Secret">What was found, and whose.</param>
/// <param name="Encoding">In which form.</param>
/// <param name="Offset">Byte within the evidence.</param>
public sealed record Sighting(string Where, string Secret, string Encoding, int Offset)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Where}: {Secret} as {Encoding} at byte {Offset}");
}

/// <summary>
/// Looks for many secrets in all their forms (<see cref="CardDataEncodings"/>) at once. Forms shorter than six bytes
/// are left out: they would be found by chance.
/// </summary>
public sealed class CardDataSearch
{
    private const int KeyLength = 6;
    private const ulong KeyMask = (1UL << (KeyLength * 8)) - 1;
    private const int FragmentDigits = 10;
    private const int BinDigits = 8;
    private const int LastDigits = 4;

    private readonly Dictionary<ulong, List<(byte[] Bytes, string Secret, string Encoding)>> _forms = [];
    private readonly List<(string Name, byte[][] Bin, byte[][] Last)> _truncations = [];

    /// <summary>Forms that are looked for.</summary>
    public int Forms { get; private set; }

    /// <summary>
    /// Adds a card number: all of it, any ten digits in a row, and its first eight together with its last four, which
    /// is more than the first six and last four that may be shown.
    /// </summary>
    public void AddCardNumber(string name, string digits)
    {
        AddText($"{name}: card number", digits);
        for (var i = 0; i + FragmentDigits <= digits.Length; i++)
            Add($"{name}: part of the card number", CardDataEncodings.OfFragment(digits.Substring(i, FragmentDigits)));
        _truncations.Add((name, Texts(digits[..BinDigits]), Texts(digits[^LastDigits..])));
    }

    /// <summary>Adds other digits of a card, or a track with its separator.</summary>
    public void AddText(string name, string text) => Add(name, CardDataEncodings.OfText(text));

    /// <summary>Adds bytes, a PIN block for example.</summary>
    public void AddBytes(string name, byte[] bytes) => Add(name, CardDataEncodings.OfBytes(bytes));

    /// <summary>Every secret in a piece of text, however it is encoded there.</summary>
    public IReadOnlyList<Sighting> Find(string where, string text) => Find(where, Encoding.UTF8.GetBytes(text));

    /// <summary>Every secret in some bytes.</summary>
    public IReadOnlyList<Sighting> Find(string where, ReadOnlySpan<byte> data)
    {
        var found = new List<Sighting>();
        var key = 0UL;
        for (var i = 0; i < data.Length; i++)
        {
            key = ((key << 8) | data[i]) & KeyMask;
            var start = i - KeyLength + 1;
            if (start < 0 || !_forms.TryGetValue(key, out var forms)) continue;
            foreach (var (bytes, secret, encoding) in forms)
                if (data[start..].StartsWith(bytes)) found.Add(new Sighting(where, secret, encoding, start));
        }

        foreach (var (name, bins, lasts) in _truncations)
        {
            for (var i = 0; i < bins.Length; i++)
            {
                var at = data.IndexOf(bins[i]);
                if (at >= 0 && data.IndexOf(lasts[i]) >= 0)
                    found.Add(new Sighting(where, $"{name}: first eight and last four digits", "text", at));
            }
        }

        return found;
    }

    private static byte[][] Texts(string digits) =>
    [
        Encoding.ASCII.GetBytes(digits), Encoding.Unicode.GetBytes(digits), Encoding.BigEndianUnicode.GetBytes(digits),
    ];

    private void Add(string secret, IEnumerable<(string Encoding, byte[] Bytes)> forms)
    {
        foreach (var (encoding, bytes) in forms)
        {
            if (bytes.Length < KeyLength) continue;
            var key = 0UL;
            foreach (var b in bytes.AsSpan(0, KeyLength)) key = (key << 8) | b;
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_forms, key, out _);
            known ??= [];
            // Digits look the same as hex of their BCD form, and so on: one name is enough.
            if (known.Any(k => k.Bytes.AsSpan().SequenceEqual(bytes))) continue;
            known.Add((bytes, secret, encoding));
            Forms++;
        }
    }
}
