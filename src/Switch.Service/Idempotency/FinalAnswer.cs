namespace Switch.Service.Idempotency;

/// <summary>What a claim ends with.</summary>
/// <param name="Answer">The serialized answer that every repeat gets; at most 64 KiB; not changed afterwards.</param>
/// <param name="ReversalData">What a reversal needs, card data sealed; may be empty; at most 64 KiB.</param>
/// <param name="Flags">Flags of the record, see <see cref="IdempotencyRecord"/>.</param>
internal readonly record struct FinalAnswer(
    ReadOnlyMemory<byte> Answer, ReadOnlyMemory<byte> ReversalData = default, byte Flags = 0);
