namespace Switch.Service.Idempotency;

/// <summary>Where a request stands. The numbers are stored, and read by the scripts: they never change.</summary>
internal enum RecordState : byte
{
    /// <summary>An owner works on it; nothing may be sent by anyone else.</summary>
    InFlight = 1,

    /// <summary>It has its final answer; every repeat gets that answer (S2).</summary>
    Final = 2,

    /// <summary>Its reversal came first; the request itself is never sent (S9).</summary>
    Tombstone = 3,
}

/// <summary>Why bytes are no record.</summary>
internal enum RecordFault
{
    None,

    /// <summary>Shorter than its header or its stated lengths.</summary>
    TooShort,

    /// <summary>Written by a version this one does not know, as happens during a rolling upgrade.</summary>
    UnknownVersion,

    UnknownState,

    /// <summary>A length or a time outside its range, or bytes after the end.</summary>
    OutOfRange,
}
